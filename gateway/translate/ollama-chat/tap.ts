// Reads what passing replies in Ollama's dialect show (usage, errors, how much text) without touching the bytes.
// Promises: bytes out = bytes in, up to the line that says done; that line is kept for the end.
// Leaves alone: translation (read-reply.ts does that).

import { countOf, listOf, objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { TextTally, Usage } from '../../contract/usage.ts'
import type { StreamFacts, Tap } from '../../contract/wire.ts'
import { parseJson } from '../json-text.ts'
import { createLineSplitter } from '../ndjson.ts'
import { createMarkedTap, createSeen, type Judgement, type Seen } from '../tap.ts'
import { readVendorError } from '../vendor-error.ts'

export function createOllamaTap({ text }: { readonly text: TextTally }): Tap {
  const seen = createSeen()
  const judge = (line: Uint8Array): Judgement => {
    const chunk = objectOf(parseJson(line))
    if (chunk !== undefined) note(seen, chunk, text)
    return chunk?.['done'] === true ? 'close' : 'pass'
  }
  return createMarkedTap({ splitter: createLineSplitter(), seen, judge, rawOf: (line) => line })
}

/** Facts of a whole reply. */
export function readOllamaFacts(body: unknown, text: TextTally): StreamFacts {
  const reply = objectOf(body)
  const seen = createSeen()
  if (reply !== undefined) note(seen, reply, text)
  const usable = ['message', 'response', 'embeddings'].some((name) => reply?.[name] !== undefined)
  if (!usable) seen.error ??= { ...readVendorError(0, {}), message: 'The provider sent no reply of this format.' }
  return { ...seen, finished: true }
}

export const failOllama = (error: { readonly message: string }): Uint8Array => Buffer.from(`${JSON.stringify({ error: error.message })}\n`)

/** A prompt that was cached whole may come without its count, or with zero; half a usage would pass for a whole one, so it is left to be estimated. */
export function readOllamaUsage(chunk: JsonObject): Usage | null {
  const input = countOf(chunk['prompt_eval_count'])
  const output = countOf(chunk['eval_count'])
  if (input === undefined || input === 0) return null
  if (Array.isArray(chunk['embeddings'])) return { meters: { input }, provenance: 'reported' }
  return output === undefined ? null : { meters: { input, output }, provenance: 'reported' }
}

function note(seen: Seen, chunk: JsonObject, text: TextTally): void {
  seen.model ??= textOf(chunk['model']) ?? null
  const message = objectOf(chunk['message']) ?? {}
  for (const said of [message['content'], message['thinking'], chunk['response'], chunk['thinking']]) text.add(textOf(said) ?? '')
  for (const call of listOf(message['tool_calls'])) {
    const named = objectOf(objectOf(call)?.['function']) ?? {}
    text.add(textOf(named['name']) ?? '')
    text.add(named['arguments'] === undefined ? '' : JSON.stringify(named['arguments']))
  }
  if (chunk['error'] !== undefined && chunk['error'] !== null) seen.error ??= readVendorError(0, chunk)
  if (chunk['done'] === true || Array.isArray(chunk['embeddings'])) {
    seen.finished = true
    seen.usage = readOllamaUsage(chunk)
    if (seen.usage !== null) seen.textBytesAtUsage = text.bytes
  }
}
