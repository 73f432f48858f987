// What the wires for pictures, sound and moderation have in common: they pass, as JSON or as a form, and are never translated.
// Promises: of a body only the model's name and the deployment's defaults change; of a form that means its text fields.
// Leaves alone: what a request can cost and what a reply says (each wire's own).

import { refuse } from '../../contract/errors.ts'
import type { JsonObject } from '../../contract/json.ts'
import type { Operation, WireId } from '../../contract/request.ts'
import type { TextTally } from '../../contract/usage.ts'
import type { PassEdits, PassedRequest, RequestBound, SentBody, StreamFacts, Wire } from '../../contract/wire.ts'
import { boundaryOf, editForm, scanForm, type FormPart } from '../../kit/multipart.ts'
import { defaultsFor, editBody } from '../openai-edit.ts'
import { failOpenai, readVendorError } from '../vendor-error.ts'
import { createMediaTap, type NoteEvent } from './media-tap.ts'

export interface MediaWire {
  readonly id: WireId
  readonly operation: Operation
  bound(body: JsonObject, sent: SentBody): RequestBound
  readonly note: NoteEvent
  readFacts(body: unknown, text: TextTally): StreamFacts
  readonly media?: NonNullable<Wire['pass']>['media']
}

export function createMediaWire({ id, operation, bound, note, readFacts, media }: MediaWire): Wire {
  return {
    id,
    operation,
    streamType: 'text/event-stream',
    passesOnly: true,
    inbound: { bound: (body, sent = { bytes: new Uint8Array() }) => bound(body, sent), read: never, createWriter: never, writeWhole: never },
    outbound: { createReader: never, readWhole: never, readError: readVendorError },
    pass: {
      edit,
      createTap: (options) => createMediaTap(note, options),
      readFacts,
      fail: failOpenai,
      ...(media === undefined ? {} : { media }),
    },
  }
}

/** Nothing leads here: a wire that only passes is passed, or the request is refused. */
function never(): never {
  throw refuse('internal')
}

function edit(raw: Uint8Array, body: JsonObject, edits: PassEdits): PassedRequest {
  const { contentType, model, quirks, defaults } = edits
  if (contentType === undefined) return editBody(raw, body, { model, quirks, defaults, askUsage: false, capFields: [], capField: 'max_tokens' })
  const changes = body['model'] === model ? [] : [{ name: 'model', value: model }]
  for (const [name, value] of Object.entries(defaultsFor(body, defaults)))
    changes.push({ name, value: typeof value === 'string' ? value : JSON.stringify(value) })
  return { body: editForm(raw, readForm(raw, contentType), changes), stripUsage: false }
}

/** Where the parts of a form lie that the door has let in. */
export function readForm(raw: Uint8Array, contentType: string): { readonly boundary: string; readonly parts: readonly FormPart[] } {
  const boundary = boundaryOf(contentType)
  const scan = boundary === null ? null : scanForm(raw, boundary, { partsMax: Number.POSITIVE_INFINITY, headerBytesMax: raw.length })
  if (boundary === null || scan?.kind !== 'form') throw refuse('internal')
  return { boundary, parts: scan.parts }
}
