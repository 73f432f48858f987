// A wire that only passes, held in the hand: bounds of JSON bodies and of forms, facts of replies, streams in pieces.
// Promises: forms are written as clients write them. Leaves alone: what is expected.

import type { JsonObject } from '../../gateway/contract/json.ts'
import type { WireId } from '../../gateway/contract/request.ts'
import type { RequestBound, StreamFacts } from '../../gateway/contract/wire.ts'
import { createTextTally } from '../../gateway/kit/text-tally.ts'
import { wires } from '../../gateway/translate/index.ts'
import { form, formType, type Part } from './media-scene.ts'

export function boundOf(id: WireId, body: JsonObject, parts?: readonly Part[]): RequestBound {
  const { inbound } = wires[id]
  const sent = parts === undefined ? undefined : { bytes: form(parts), contentType: formType }
  if (inbound === undefined) throw new Error(`${id} has no callers`)
  return inbound.bound(body, sent)
}

export function factsOf(id: WireId, body: unknown): StreamFacts & { readonly text: number } {
  const text = createTextTally()
  const facts = wires[id].pass?.readFacts(body, text)
  if (facts === undefined) throw new Error(`${id} does not pass`)
  return { ...facts, text: text.bytes }
}

/** What passed before the end, and what a stream showed. */
export function tapped(id: WireId, events: readonly JsonObject[]): { readonly before: number; readonly seen: StreamFacts } {
  const tap = wires[id].pass?.createTap({ stripUsage: false, text: createTextTally() })
  if (tap === undefined) throw new Error(`${id} does not pass`)
  const before = events.flatMap((event) => tap.push(Buffer.from(`data: ${JSON.stringify(event)}\n\n`))).length
  tap.end()
  return { before, seen: { ...tap.seen } }
}

/** What a body becomes for a vendor's model. */
export function edited(
  id: WireId,
  body: JsonObject,
  options: { readonly raw?: Buffer; readonly contentType?: string; readonly defaults?: JsonObject } = {},
): string {
  const raw = options.raw ?? Buffer.from(JSON.stringify(body))
  const edits = { model: 'vendor/model', askUsage: true, quirks: {}, defaults: options.defaults ?? {} }
  const passed = wires[id].pass?.edit(raw, body, options.contentType === undefined ? edits : { ...edits, contentType: options.contentType })
  return Buffer.from(passed?.body ?? '').toString('latin1')
}
