// What an upstream was asked, read from its own dialect: calls with their results, pictures, schemas, thinking.
// Promises: the same question of every dialect, answered by code of the tests' own. Leaves alone: what a right answer is (the journeys).

import type { Dialect } from './mock-upstreams.ts'

export type Fields = Readonly<Record<string, unknown>>
const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {})
const list = (value: unknown): readonly Fields[] => (value ?? []) as readonly Fields[]

export const messagesIn = (request: Fields): readonly Fields[] => list(request['messages'] ?? request['input'] ?? request['contents'])
export const toolsIn = (request: Fields): readonly Fields[] => list(request['tools'] ?? fields(request['toolConfig'])['tools'])

export interface Pair {
  readonly city: string
  readonly result: string
}

/** What each call asked and what it was answered with. */
export const pairsIn = (request: Fields, dialect: Dialect): readonly Pair[] => pairReaders[dialect](messagesIn(request))

const pairReaders: Readonly<Record<Dialect, (messages: readonly Fields[]) => readonly Pair[]>> = {
  openai: pairsInMessages,
  ollama: pairsInMessages,
  anthropic(messages) {
    const blocks = messages.flatMap((message) => list(message['content']))
    const results = blocks.filter((block) => block['type'] === 'tool_result')
    return blocks
      .filter((block) => block['type'] === 'tool_use')
      .map((call) => ({ city: cityOf(call['input']), result: textOf(results.find((block) => block['tool_use_id'] === call['id'])?.['content']) }))
  },
  converse(messages) {
    const blocks = messages.flatMap((message) => list(message['content']))
    const results = blocks.flatMap((block) => block['toolResult'] ?? []).map(fields)
    const calls = blocks.flatMap((block) => block['toolUse'] ?? []).map(fields)
    return calls.map((call) => ({
      city: cityOf(call['input']),
      result: textOf(results.find((result) => result['toolUseId'] === call['toolUseId'])?.['content']),
    }))
  },
  gemini(contents) {
    const parts = contents.flatMap((content) => list(content['parts']))
    const results = parts.flatMap((part) => (part['functionResponse'] ?? []) as { id?: string; response: { output: string } }[])
    const calls = parts.flatMap((part) => (part['functionCall'] ?? []) as { id?: string; args: unknown }[])
    return calls.map((call, index) => {
      // Vertex AI knows no ids: there the results stand in the order of the calls.
      const result = call.id === undefined ? results[index] : results.find((found) => found.id === call.id)
      return { city: cityOf(call.args), result: result?.response.output ?? '' }
    })
  },
  responses(items) {
    const outputs = items.filter((item) => item['type'] === 'function_call_output')
    return items
      .filter((item) => item['type'] === 'function_call')
      .map((call) => ({
        city: cityOf(JSON.parse(String(call['arguments']))),
        result: textOf(outputs.find((item) => item['call_id'] === call['call_id'])?.['output']),
      }))
  },
}

function pairsInMessages(messages: readonly Fields[]): readonly Pair[] {
  const calls = messages.flatMap((message) => (message['tool_calls'] ?? []) as readonly { id?: string; function: { arguments: unknown } }[])
  const results = messages.filter((message) => message['role'] === 'tool')
  return calls.map((call, index) => {
    const input = call.function.arguments
    // Where the vendor's own dialect has no ids, results come in the order of their calls.
    const result = call.id === undefined ? results[index] : results.find((message) => message['tool_call_id'] === call.id)
    return { city: cityOf(typeof input === 'string' ? JSON.parse(input) : input), result: textOf(result?.['content']) }
  })
}

const cityOf = (input: unknown): string => (input as { city: string }).city

function textOf(content: unknown): string {
  return typeof content === 'string' ? content : (content as readonly { text: string }[]).map((part) => part.text).join('')
}

/** The picture that stands behind the text of the first message. */
export function pictureIn(request: Fields, dialect: Dialect): unknown {
  const [message] = messagesIn(request)
  if (dialect === 'ollama') return message?.['images']
  const part = list(message?.['content'] ?? message?.['parts'])[1] ?? {}
  const readers = {
    openai: () => fields(part['image_url'])['url'],
    responses: () => part['image_url'],
    anthropic: () => part['source'],
    gemini: () => part['inlineData'],
    converse: () => part['image'],
  }
  return readers[dialect]()
}

/** A PNG in the words of the dialect. */
export function pictureAs(dialect: Dialect, data: string): unknown {
  const dataUrl = `data:image/png;base64,${data}`
  const pictures: Readonly<Record<Dialect, unknown>> = {
    openai: dataUrl,
    responses: dataUrl,
    anthropic: { type: 'base64', media_type: 'image/png', data },
    ollama: [data],
    gemini: { mimeType: 'image/png', data },
    converse: { format: 'png', source: { bytes: data } },
  }
  return pictures[dialect]
}

/** The schema that an answer must follow. */
export function schemaIn(request: Fields, dialect: Dialect): unknown {
  const at = (...names: readonly string[]): unknown => names.reduce<unknown>((value, name) => fields(value)[name], request)
  const readers: Readonly<Record<Dialect, () => unknown>> = {
    openai: () => at('response_format', 'json_schema', 'schema'),
    responses: () => at('text', 'format', 'schema'),
    anthropic: () => at('output_config', 'format', 'schema'),
    ollama: () => at('format'),
    gemini: () => at('generationConfig', 'responseJsonSchema'),
    // It travels as text.
    converse: () => JSON.parse(String(at('outputConfig', 'textFormat', 'structure', 'jsonSchema', 'schema'))),
  }
  return readers[dialect]()
}

/** How much thinking was asked for: the members that say so. */
export function thinkingIn(request: Fields, dialect: Dialect): unknown {
  if (dialect === 'responses') return { effort: fields(request['reasoning'])['effort'] }
  const { reasoning_effort, thinking = fields(request['additionalModelRequestFields'])['thinking'], think } = request
  const { thinkingConfig } = fields(request['generationConfig'])
  return JSON.parse(JSON.stringify({ reasoning_effort, thinking, think, thinkingConfig }))
}

const budgeted = { thinking: { type: 'enabled', budget_tokens: 1024 } }
/** A low effort in the words of the dialect. */
export const lowEffort: Readonly<Record<Dialect, unknown>> = {
  openai: { reasoning_effort: 'low' },
  responses: { effort: 'low' },
  anthropic: budgeted,
  converse: budgeted,
  ollama: { think: 'low' },
  gemini: { thinkingConfig: { thinkingBudget: 1024, includeThoughts: true } },
}
