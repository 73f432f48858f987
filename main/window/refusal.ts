// An answer of the window itself, in the shape in which the panel reads every error.
// Promises: never kept by a cache. Leaves alone: what the gateway refuses (its answers pass as they are).

import type { PanelError } from '../../gateway/contract/panel.ts'
import { standingHeaders } from '../../gateway/contract/panel-files.ts'

export function refusal(status: number, { code, message }: { readonly code: string; readonly message: string }): Response {
  const body: PanelError = { error: { message, type: 'window', param: null, code } }
  const headers = { ...standingHeaders, 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  return new Response(JSON.stringify(body), { status, headers })
}
