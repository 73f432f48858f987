// The declared changes to a Chat Completions body that otherwise passes byte for byte.
// Promises: only the members named in the edits change; with nothing to change the very same bytes come back.
// Leaves alone: everything nested, except `stream_options`, which is merged.

import type { JsonObject } from '../../contract/json.ts'
import type { PassEdits, PassedRequest } from '../../contract/wire.ts'
import { editBody } from '../openai-edit.ts'

export function editChat(raw: Uint8Array, body: JsonObject, edits: PassEdits): PassedRequest {
  return editBody(raw, body, { ...edits, capFields: ['max_completion_tokens', 'max_tokens'], capField: edits.quirks.outputCapField ?? 'max_tokens' })
}
