// Bodies that are right in their dialect, for conversations, texts and vectors.
// Promises: each says what it is asked to say. Leaves alone: pictures, sound, moderation and rankings (speaker-media.ts), where a body is sent (speakers.ts).

export interface Asking {
  readonly model: string
  readonly text: string
  readonly stream: boolean
  /** With a picture, whose cost has no upper bound where nobody knows the model. */
  readonly picture: boolean
  /** Of a response that was kept for the key without a budget. */
  readonly keptId: string
}
export type Body = Record<string, unknown>

const outputTokensMax = 20
const tools = [
  { type: 'function', function: { name: 'look', description: 'Looks.', parameters: { type: 'object', properties: { city: { type: 'string' } } } } },
]
export const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

const shown = <Part>(picture: boolean, part: Part): readonly Part[] => (picture ? [part] : [])

export const chat = ({ model, text, stream, picture }: Asking): Body => ({
  model,
  stream,
  max_tokens: outputTokensMax,
  temperature: 0.5,
  messages: [
    { role: 'system', content: 'be brief' },
    {
      role: 'user',
      content: [{ type: 'text', text: 'look at this' }, ...shown(picture, { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } })],
    },
    { role: 'assistant', content: null, tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"city":"Paris"}' } }] },
    { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
    { role: 'user', content: text },
  ],
  tools,
})
export const completion = ({ model, text, stream }: Asking): Body => ({ model, stream, max_tokens: outputTokensMax, prompt: text })
export const responses = ({ model, text, stream }: Asking): Body => ({
  model,
  stream,
  store: false,
  max_output_tokens: outputTokensMax,
  instructions: 'be brief',
  input: [
    { role: 'user', content: [{ type: 'input_text', text: 'what is the weather?' }] },
    { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"city":"Paris"}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'sunny' },
    { role: 'user', content: text },
  ],
  tools: [{ type: 'function', name: 'look', parameters: { type: 'object', properties: { city: { type: 'string' } } } }],
})
export const messages = ({ model, text, stream, picture }: Asking): Body => ({
  model,
  stream,
  max_tokens: outputTokensMax,
  system: [{ type: 'text', text: 'be brief' }],
  messages: [
    {
      role: 'user',
      content: [{ type: 'text', text: 'look' }, ...shown(picture, { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } })],
    },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: { city: 'Paris' } }] },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'toolu_1', content: 'sunny' },
        { type: 'text', text },
      ],
    },
  ],
  tools: [{ name: 'look', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }],
})
export const gemini = ({ text, picture }: Asking): Body => ({
  systemInstruction: { parts: [{ text: 'be brief' }] },
  contents: [
    { role: 'user', parts: [{ text: 'look' }, ...shown(picture, { inlineData: { mimeType: 'image/png', data: pixel } })] },
    { role: 'model', parts: [{ functionCall: { name: 'look', args: { city: 'Paris' } } }] },
    { role: 'user', parts: [{ functionResponse: { name: 'look', response: { output: 'sunny' } } }, { text }] },
  ],
  tools: [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } } } }] }],
  generationConfig: { maxOutputTokens: outputTokensMax, temperature: 0.5 },
})
export const ollama = ({ model, text, stream, picture }: Asking): Body => ({
  model,
  stream,
  options: { num_predict: outputTokensMax, temperature: 0.5 },
  messages: [
    { role: 'system', content: 'be brief' },
    { role: 'user', content: 'look', images: shown(picture, pixel) },
    { role: 'assistant', content: '', tool_calls: [{ function: { name: 'look', arguments: { city: 'Paris' } } }] },
    { role: 'tool', tool_name: 'look', content: 'sunny' },
    { role: 'user', content: text },
  ],
  tools,
})
export const generate = ({ model, text, stream }: Asking): Body => ({ model, stream, prompt: text, options: { num_predict: outputTokensMax } })
export const inputs = ({ model, text }: Asking): Body => ({ model, input: [text, 'and this'] })
export const embedded = (text: string): Body => ({ content: { parts: [{ text }] } })
