// Every way to ask for a conversation, a text or a vector: an address, a dialect's headers, and a body that is right in it.
// Promises: one for each such route that the gateway declares (speakers.test.ts holds them against each other).
// Leaves alone: what is made of it; pictures, sound, moderation and rankings, whose vendors stand in their own journeys.

import type { SurfaceId } from '../../gateway/contract/request.ts'

export interface Asking {
  readonly model: string
  readonly text: string
  readonly stream: boolean
  /** With a picture, whose cost has no upper bound where nobody knows the model. */
  readonly picture: boolean
}
export interface Speaker {
  /** The route it asks, as the gateway declares it. */
  readonly route: string
  readonly surface: SurfaceId
  readonly operation: 'chat' | 'embedding'
  /** Whole, streamed, or whichever is asked for. */
  readonly forms: readonly boolean[]
  path(asking: Asking): string
  body(asking: Asking): Record<string, unknown>
}

const outputTokensMax = 20
const tools = [
  { type: 'function', function: { name: 'look', description: 'Looks.', parameters: { type: 'object', properties: { city: { type: 'string' } } } } },
]
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

const shown = <Part>(picture: boolean, part: Part): readonly Part[] => (picture ? [part] : [])

const chat = ({ model, text, stream, picture }: Asking): Record<string, unknown> => ({
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
const completion = ({ model, text, stream }: Asking): Record<string, unknown> => ({ model, stream, max_tokens: outputTokensMax, prompt: text })
const responses = ({ model, text, stream }: Asking): Record<string, unknown> => ({
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
const messages = ({ model, text, stream, picture }: Asking): Record<string, unknown> => ({
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
const gemini = ({ text, picture }: Asking): Record<string, unknown> => ({
  systemInstruction: { parts: [{ text: 'be brief' }] },
  contents: [
    { role: 'user', parts: [{ text: 'look' }, ...shown(picture, { inlineData: { mimeType: 'image/png', data: pixel } })] },
    { role: 'model', parts: [{ functionCall: { name: 'look', args: { city: 'Paris' } } }] },
    { role: 'user', parts: [{ functionResponse: { name: 'look', response: { output: 'sunny' } } }, { text }] },
  ],
  tools: [{ functionDeclarations: [{ name: 'look', parametersJsonSchema: { type: 'object', properties: { city: { type: 'string' } } } }] }],
  generationConfig: { maxOutputTokens: outputTokensMax, temperature: 0.5 },
})
const ollama = ({ model, text, stream, picture }: Asking): Record<string, unknown> => ({
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
const generate = ({ model, text, stream }: Asking): Record<string, unknown> => ({ model, stream, prompt: text, options: { num_predict: outputTokensMax } })
const inputs = ({ model, text }: Asking): Record<string, unknown> => ({ model, input: [text, 'and this'] })
const embedded = (text: string): Record<string, unknown> => ({ content: { parts: [{ text }] } })

const both = [false, true]
const whole = [false]
const speaker = (surface: SurfaceId, operation: Speaker['operation'], facts: Pick<Speaker, 'route' | 'forms' | 'body'> & Partial<Speaker>): Speaker => ({
  surface,
  operation,
  path: ({ model }) => facts.route.replace(/\{model\*?\}/, encodeURIComponent(model)),
  ...facts,
})
const google = (method: string, operation: Speaker['operation'], facts: Pick<Speaker, 'forms' | 'body'>): Speaker =>
  speaker('gemini', operation, { ...facts, route: `/v1beta/models/{model*}:${method}` })

const openai: readonly Speaker[] = ['/v1', '/openai/v1', '/openai/deployments/{model}'].flatMap((base) => [
  speaker('openai', 'chat', { route: `${base}/chat/completions`, forms: both, body: chat }),
  speaker('openai', 'chat', { route: `${base}/completions`, forms: both, body: completion }),
  speaker('openai', 'embedding', { route: `${base}/embeddings`, forms: whole, body: inputs }),
])

export const speakers: readonly [Speaker, ...Speaker[]] = [
  speaker('anthropic', 'chat', { route: '/v1/messages', forms: both, body: messages }),
  ...openai,
  ...['/v1', '/openai/v1'].map((base) => speaker('openai', 'chat', { route: `${base}/responses`, forms: both, body: responses })),
  ...['/cursor', '/cursor/v1'].map((base) => speaker('openai', 'chat', { route: `${base}/chat/completions`, forms: both, body: chat })),
  speaker('openai', 'chat', { route: '/cursor/v1/responses', forms: both, body: responses }),
  google('generateContent', 'chat', { forms: whole, body: gemini }),
  google('streamGenerateContent', 'chat', { forms: [true], body: gemini }),
  google('embedContent', 'embedding', { forms: whole, body: ({ text }) => embedded(text) }),
  google('batchEmbedContents', 'embedding', {
    forms: whole,
    body: ({ model, text }) => ({ requests: [text, 'and this'].map((one) => ({ model: `models/${model}`, ...embedded(one) })) }),
  }),
  speaker('ollama', 'chat', { route: '/api/chat', forms: both, body: ollama }),
  speaker('ollama', 'chat', { route: '/api/generate', forms: both, body: generate }),
  speaker('ollama', 'embedding', { route: '/api/embed', forms: whole, body: inputs }),
  speaker('ollama', 'embedding', { route: '/api/embeddings', forms: whole, body: ({ model, text }) => ({ model, prompt: text }) }),
]
