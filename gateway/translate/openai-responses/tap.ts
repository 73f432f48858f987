// Reads what passing Responses streams and replies show (usage, id, errors, how much text) without touching the bytes.
// Promises: bytes out = bytes in; the closing event, and what may follow it, waits for the end. Leaves alone: translation (read-reply.ts).

import { listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import { laterUsage, type TextTally } from '../../contract/usage.ts'
import type { StreamFacts, Tap, TapOptions } from '../../contract/wire.ts'
import { parseJson } from '../json-text.ts'
import { framesFor } from '../pictures.ts'
import { passRuns } from '../pieces.ts'
import { createSseSplitter, type SseEvent } from '../sse.ts'
import { createSeen, type Seen } from '../tap.ts'
import { readVendorError } from '../vendor-error.ts'
import { isClosing, readFailure } from './read-reply.ts'
import { readResponsesUsage } from './usage.ts'

export function createResponsesTap({ text, pictures }: Pick<TapOptions, 'text' | 'pictures'>): Tap {
  const splitter = createSseSplitter(framesFor({ pictures }))
  const seen = createSeen()
  const closing: Uint8Array[] = []
  const pass = ({ raw, data }: SseEvent): Uint8Array | null => {
    const event = data === null || closing.length > 0 ? undefined : objectOf(parseJson(data))
    if (event !== undefined) noteEvent(seen, event, text)
    if (!seen.finished) return raw
    closing.push(raw)
    return null
  }
  return {
    seen,
    get closed() {
      return closing.length > 0
    },
    push: (bytes) => passRuns(splitter.push(bytes), pass),
    end() {
      const rest = splitter.end()
      const last = rest === null ? null : pass(rest)
      return Buffer.concat(last === null ? closing : [...closing, last])
    },
  }
}

function noteEvent(seen: Seen, event: JsonObject, text: TextTally): void {
  const type = textOf(event['type']) ?? ''
  const delta = textOf(event['delta'])
  if (type.endsWith('.delta') && delta !== undefined) text.add(delta)
  else if (type === 'response.output_item.added') text.add(textOf(objectOf(event['item'])?.['name']) ?? '')
  const response = objectOf(event['response'])
  if (response !== undefined) note(seen, response, text)
  seen.error ??= readFailure(event)
  if (isClosing(type)) seen.finished = true
}

function note(seen: Seen, response: JsonObject, text: TextTally): void {
  seen.upstreamId ??= textOf(response['id']) ?? null
  seen.model ??= textOf(response['model']) ?? null
  const usage = readResponsesUsage(response)
  if (usage === null) return
  seen.usage = laterUsage(seen.usage, usage)
  seen.textBytesAtUsage = text.bytes
}

/** Facts of a whole reply. */
export function readResponsesFacts(body: unknown, text: TextTally): StreamFacts {
  const reply = objectOf(body) ?? {}
  const seen: Seen = { ...createSeen(), finished: true }
  for (const item of listOf(reply['output'])) for (const said of textsOf(objectOf(item) ?? {})) text.add(said)
  note(seen, reply, text)
  seen.error = readFailure({ type: `response.${textOf(reply['status']) ?? ''}`, response: reply })
  // Text, a number or an object of another kind is nothing a caller could use, whatever its status says.
  if (!Array.isArray(reply['output'])) seen.error ??= { ...readVendorError(0, {}), message: 'The provider sent no reply of this format.' }
  seen.textBytesAtUsage = text.bytes
  return seen
}

function textsOf(item: JsonObject): readonly string[] {
  const parts = [...listOf(item['content']), ...listOf(item['summary'])].map((part) => objectOf(part) ?? {})
  const fields = [item['name'], item['arguments'], item['input'], ...parts.flatMap((part) => [part['text'], part['refusal']])]
  return fields.flatMap((field) => textOf(field) ?? [])
}
