// Calls in every dialect callers speak, one after another in a fixed turn: whole and streamed, with the key in each place a key may stand.
// Promises: call n is always the same call. Leaves alone: sending it, who answers.

export interface PlantedCall {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}
export interface PlantedTurn {
  readonly index: number
  readonly model: string
  readonly prompt: string
  readonly key: string
}

type Dialect = (turn: PlantedTurn & { readonly stream: boolean }) => readonly [path: string, body: unknown]

const user = (content: unknown): readonly unknown[] => [{ role: 'user', content }]
const dialects: readonly Dialect[] = [
  ({ model, prompt, stream }) => ['/v1/chat/completions', { model, stream, max_tokens: 9, messages: user(prompt), metadata: { note: prompt } }],
  ({ model, prompt, stream }) => ['/v1/messages', { model, stream, max_tokens: 9, system: prompt, messages: user([{ type: 'text', text: prompt }]) }],
  ({ model, prompt, stream }) => ['/v1/responses', { model, stream, max_output_tokens: 16, instructions: prompt, input: prompt }],
  ({ model, prompt, stream }) => [
    `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
    { contents: [{ role: 'user', parts: [{ text: prompt }] }], generationConfig: { maxOutputTokens: 9 } },
  ],
  ({ model, prompt, stream }) => ['/api/chat', { model, stream, messages: user(prompt), options: { num_predict: 9 } }],
  ({ model, prompt, stream }) => ['/api/generate', { model, stream, prompt, options: { num_predict: 9 } }],
  ({ model, prompt, stream }) => ['/v1/completions', { model, stream, max_tokens: 9, prompt, suffix: prompt }],
  ({ model, prompt }) => ['/v1/embeddings', { model, input: [prompt] }],
  ({ model, prompt }) => ['/api/embed', { model, input: prompt }],
  ({ model, prompt }) => ['/v1/rerank', { model, query: prompt, documents: [prompt] }],
  ({ model, prompt }) => ['/v1/images/generations', { model, prompt }],
  ({ model, prompt }) => ['/v1/moderations', { model, input: prompt }],
]
/** Where a key may stand. */
const places: readonly ((key: string) => Readonly<Record<string, string>>)[] = [
  (key) => ({ authorization: `Bearer ${key}` }),
  (key) => ({ 'x-api-key': key }),
  (key) => ({ 'api-key': key }),
  (key) => ({ 'x-goog-api-key': key }),
]
export const dialectCount = dialects.length

export function plantedCall(turn: PlantedTurn): PlantedCall {
  const { index, key, prompt } = turn
  const round = Math.floor(index / dialects.length)
  const [path, body] = dialects[index % dialects.length]?.({ ...turn, stream: round % 2 === 0 }) ?? ['', {}]
  // Some bodies end in the middle, as a caller's may.
  const text = index % 37 === 36 ? JSON.stringify(body).slice(0, -9) : body
  return { path, headers: { ...places[round % places.length]?.(key), 'x-note': prompt, cookie: `session=${prompt}` }, body: text }
}
