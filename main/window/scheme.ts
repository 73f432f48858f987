// Answers every request of the window's private scheme: the panel's files from memory, its questions from the gateway, anything else 404.
// Promises: no path becomes a file name; one origin; the same policy as in a browser. Runs wherever Request and Response do, Electron or not.
// Leaves alone: registering the scheme (privileges.ts), how a question is carried (forward.ts).

import { standingHeaders, type PanelFiles } from '../../gateway/contract/panel-files.ts'
import { isPanelPath } from '../../gateway/contract/panel-paths.ts'
import type { GatewayState } from '../gateway/state.ts'
import { panelOrigin, parsePanelUrl } from './address.ts'
import { forward, type Fetch } from './forward.ts'
import { refusal } from './refusal.ts'

export interface SchemeTools {
  readonly files: PanelFiles
  readonly state: () => GatewayState
  readonly fetch: Fetch
}
export type PanelScheme = (request: Request) => Promise<Response>

export function createPanelScheme(tools: SchemeTools): PanelScheme {
  return async (request) => {
    const url = parsePanelUrl(request.url)
    if (url === null) return notFound()
    // Only our own pages are in the window; a browser names whoever else asks.
    const origin = request.headers.get('origin')
    if (origin !== null && origin !== panelOrigin) return refusal(403, { code: 'origin_not_allowed', message: 'Only the panel may ask here.' })
    if (isPanelPath(url.pathname)) return await forward(tools, request, url)
    if (request.method !== 'GET' && request.method !== 'HEAD') return notFound()
    if (url.pathname === '/' || url.pathname === '/ui')
      return new Response(null, { status: 302, headers: { ...standingHeaders, location: `${panelOrigin}/ui/` } })
    return url.pathname.startsWith('/ui/') ? fileAt(tools.files, url.pathname, request) : notFound()
  }
}

function fileAt(files: PanelFiles, path: string, request: Request): Response {
  const file = files.find(path.slice('/ui/'.length) || 'index.html')
  if (file === null) return notFound()
  const headers = { ...standingHeaders, ...file.headers }
  if (request.headers.get('if-none-match') === file.headers['etag']) return new Response(null, { status: 304, headers })
  // A copy, because a Response may hand the memory of its body on.
  return new Response(request.method === 'HEAD' ? null : new Uint8Array(file.bytes), { headers: { ...headers, 'content-length': String(file.bytes.length) } })
}

const notFound = (): Response => refusal(404, { code: 'not_found', message: 'Nothing is served at this address.' })
