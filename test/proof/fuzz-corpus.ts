// Requests that once brought about what they must not, in the gateway or in the fuzzing itself: sent before those that are drawn, in the short form too.
// Promises: the same each time; each says what it once did. Leaves alone: judging the answers (fuzz.ts).

import type { FuzzedRequest, Ground } from './fuzz-request.ts'
import { modelFor } from './siege-models.ts'

/** More than a call takes as arguments, and well within the body that the door lets in. */
const many = 150_000
const fill = <Item>(item: Item): Item[] => Array.from({ length: many }, () => item)

const words = (): unknown => [{ role: 'user', content: fill({ type: 'text', text: 'a' }) }]
const pictures = (): unknown => [
  { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: fill({ type: 'image', source: { type: 'url', url: 'https://a.example/' } }) }] },
]
const calls = (): unknown => [{ role: 'assistant', content: '', tool_calls: fill({ function: { name: 'look' } }) }]
const items = (): unknown => fill({ type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' })

const asked = { row: 'the corpus', reaches: null } as const

export function corpus({ keys, adminKey, routes }: Ground): readonly FuzzedRequest[] {
  const ask = (path: string, surface: FuzzedRequest['surface'], body: unknown): Omit<FuzzedRequest, 'index'> => ({
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${keys.free}` },
    body: Buffer.from(JSON.stringify(body)),
    ...asked,
    surface,
    raw: null,
  })
  const read = (path: string): Omit<FuzzedRequest, 'index'> => ({
    method: 'GET',
    path,
    headers: { authorization: `Bearer ${adminKey}` },
    body: null,
    ...asked,
    surface: null,
    raw: null,
  })
  const found = [
    // RangeError, and so a 500: the parts were spread into a call's arguments.
    ask('/v1/chat/completions', 'openai', { model: modelFor('anthropic-messages'), messages: words() }),
    ask('/v1/chat/completions', 'openai', { model: modelFor('gemini-generate'), messages: words() }),
    ask('/v1/messages', 'anthropic', { model: modelFor('openai-chat'), max_tokens: 9, messages: pictures() }),
    ask('/api/chat', 'ollama', { model: modelFor('openai-chat'), stream: false, messages: calls() }),
    // URIError, and so a 500: a model's name with half a sign in it, or cut within one, was written into the vendor's path.
    ask('/azure/completions', 'openai', { model: '\ud800', prompt: 'a' }),
    ask('/azure/embeddings', 'openai', { model: `a${'🐬'.repeat(200)}`, input: 'a' }),
    // Everybody waited for seconds: each item copied all before it.
    ask('/v1/responses', 'openai', { model: modelFor('openai-chat'), store: false, input: items() }),
    // Every connection of the fuzzing came to wait for an end that does not come: its reader has to leave, and may.
    ...routes.filter(([method, path]) => method === 'GET' && path.endsWith('/events')).map(([, path]) => read(path)),
  ]
  return found.map((request, index) => ({ ...request, index: -1 - index }))
}
