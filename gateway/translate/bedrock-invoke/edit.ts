// The one declared change to an InvokeModel body: a budget's output cap, where its family has it.
// Promises: without a cap the very same bytes. Leaves alone: bodies of a form that is not known, which a hard budget refuses.

import type { JsonObject } from '../../contract/json.ts'
import type { PassEdits, PassedRequest } from '../../contract/wire.ts'
import { editObject } from '../../kit/json-scan.ts'
import { capNested } from '../nested-edit.ts'
import { formOfRequest } from './forms.ts'

export function editInvoke(raw: Uint8Array, body: JsonObject, { outputTokensMax: cap }: PassEdits): PassedRequest {
  const form = formOfRequest(body)
  if (cap === undefined || (form !== 'messages' && form !== 'converse')) return { body: raw, stripUsage: false }
  if (form === 'converse') return { body: capNested(raw, body, { member: 'inferenceConfig', field: 'maxTokens', cap }), stripUsage: false }
  const asked = body['max_tokens']
  const within = typeof asked === 'number' && asked >= 1 && asked <= cap
  return { body: within ? raw : editObject(raw, [{ key: 'max_tokens', json: String(cap) }]), stripUsage: false }
}
