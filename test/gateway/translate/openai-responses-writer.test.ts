// Events to a Responses reply.
// Promises: the ladder that strict clients climb, and a whole reply equal to what its stream ends with.

import fc from 'fast-check'
import OpenAI from 'openai'
import type { Response as ModelResponse } from 'openai/resources/responses/responses'
import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { WriterOptions } from '../../../gateway/contract/wire.ts'
import { openReasoning } from '../../../gateway/translate/openai-responses/reasoning-seal.ts'
import { createResponsesWriter, writeResponsesWhole } from '../../../gateway/translate/openai-responses/write-reply.ts'
import { seed, textOfBytes } from '../../conformance/recordings.ts'

interface Line {
  readonly type: string
  readonly sequence_number: number
  readonly response?: { readonly status: string; readonly output: readonly unknown[]; readonly error: unknown; readonly usage: unknown }
  readonly item?: Readonly<Record<string, unknown>>
  readonly delta?: string
}
const options: WriterOptions = { id: '01X', model: 'pub', createdS: 1, request: { model: 'pub', input: 'hi' } }
const usage = { meters: { input: 3, cacheRead: 2, output: 4, reasoning: 1 }, provenance: 'reported' } as const

function bytesOf(events: readonly ReplyEvent[], request: JsonObject = options.request): Uint8Array {
  const writer = createResponsesWriter({ ...options, request })
  return Buffer.concat([...events.map((event) => writer.write(event)), writer.end(), writer.end()])
}
function linesOf(bytes: Uint8Array): readonly Line[] {
  return textOfBytes([bytes])
    .split('\n\n')
    .slice(0, -1)
    .map((event) => {
      const [, name, json = ''] = /^event: (\S+)\ndata: (.*)$/s.exec(event) ?? []
      const line = JSON.parse(json) as Line
      expect(line.type).toBe(name)
      return line
    })
}
const write = (events: readonly ReplyEvent[], request?: JsonObject): readonly Line[] => linesOf(bytesOf(events, request))
const typesOf = (lines: readonly Line[]): readonly string[] => lines.map((line) => line.type.replace('response.', ''))

const everything: readonly ReplyEvent[] = [
  { type: 'reply-start', upstreamId: 'u', model: 'm' },
  { type: 'reasoning-delta', text: 'hm' },
  { type: 'reasoning-end', signature: 'sig' },
  { type: 'text-delta', text: 'a' },
  { type: 'text-delta', text: 'b' },
  { type: 'tool-start', index: 0, id: 'c0', name: 'f' },
  { type: 'tool-start', index: 1, id: 'c1', name: 'g' },
  { type: 'tool-delta', index: 1, argumentsText: '{"x"' },
  { type: 'tool-delta', index: 0, argumentsText: '{}' },
  { type: 'tool-delta', index: 1, argumentsText: ':1}' },
  { type: 'usage', usage },
  { type: 'finish', reason: 'tool-calls' },
  { type: 'reply-end' },
]

describe('a stream', () => {
  it('climbs the whole ladder, numbered without gaps', () => {
    const lines = write(everything)
    expect(typesOf(lines)).toEqual([
      ...['created', 'in_progress'],
      ...['output_item.added', 'reasoning_summary_part.added', 'reasoning_summary_text.delta'],
      ...['reasoning_summary_text.done', 'reasoning_summary_part.done', 'output_item.done'],
      ...['output_item.added', 'content_part.added', 'output_text.delta', 'output_text.delta'],
      ...['output_text.done', 'content_part.done', 'output_item.done'],
      ...['output_item.added', 'output_item.added'],
      ...['function_call_arguments.delta', 'function_call_arguments.delta', 'function_call_arguments.delta'],
      ...['function_call_arguments.done', 'output_item.done', 'function_call_arguments.done', 'output_item.done'],
      'completed',
    ])
    expect(lines.map((line) => line.sequence_number)).toEqual(lines.map((_, index) => index))
  })

  it('ends with what was said, called and used', () => {
    const [last] = write(everything).slice(-1)
    const sealed = (last?.response?.output[0] as { encrypted_content: string }).encrypted_content
    expect(openReasoning(sealed)).toEqual({ signature: 'sig' })
    expect(last?.response).toMatchObject({
      id: 'resp_01X',
      object: 'response',
      status: 'completed',
      model: 'pub',
      store: true,
      output: [
        { type: 'reasoning', id: 'rs_01X_0', summary: [{ type: 'summary_text', text: 'hm' }] },
        { type: 'message', id: 'msg_01X_1', status: 'completed', content: [{ type: 'output_text', text: 'ab', annotations: [] }] },
        { type: 'function_call', id: 'fc_01X_2', call_id: 'c0', name: 'f', arguments: '{}', status: 'completed' },
        { type: 'function_call', id: 'fc_01X_3', call_id: 'c1', name: 'g', arguments: '{"x":1}', status: 'completed' },
      ],
      usage: {
        input_tokens: 5,
        input_tokens_details: { cached_tokens: 2 },
        output_tokens: 5,
        output_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 10,
      },
    })
  })

  it('says nothing before there is something to say, so that an early error keeps its status', () => {
    const writer = createResponsesWriter(options)
    expect(writer.write({ type: 'reply-start', upstreamId: null, model: null })).toHaveLength(0)
    expect(writer.write({ type: 'text-delta', text: '' })).toHaveLength(0)
    expect(writer.write({ type: 'keepalive' })).toHaveLength(0)
  })

  it.each([
    ['length', 'max_output_tokens'],
    ['content-filter', 'content_filter'],
  ] as const)('cut by %s is incomplete and says why', (reason, detail) => {
    const lines = write([
      { type: 'text-delta', text: 'a' },
      { type: 'finish', reason },
    ])
    expect(lines.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: detail }, output: [{ status: 'incomplete' }] },
    })
  })

  it('without any content is a reply without output', () => {
    expect(typesOf(write([{ type: 'finish', reason: 'stop' }]))).toEqual(['created', 'in_progress', 'completed'])
  })

  it('keeps a caller waiting with an event that changes nothing', () => {
    expect(write([{ type: 'text-delta', text: 'a' }, { type: 'keepalive' }]).map((line) => line.type)).toContain('keepalive')
  })

  it('ends a failure twice, once for those who read the response and once for those who wait for an error, and then is silent', () => {
    const writer = createResponsesWriter(options)
    const error = { message: 'gone', type: 'server_error', code: 'upstream_cut' }
    const bytes = [
      writer.write({ type: 'text-delta', text: 'a' }),
      writer.fail(error),
      writer.write({ type: 'text-delta', text: 'b' }),
      writer.end(),
      writer.fail(error),
    ]
    const lines = linesOf(Buffer.concat(bytes))
    expect(lines.slice(-2)).toMatchObject([
      { type: 'response.failed', response: { status: 'failed', error: { code: 'upstream_cut', message: 'gone' } } },
      { type: 'error', code: 'upstream_cut', message: 'gone', param: null },
    ])
    expect(lines.filter((line) => line.delta === 'b')).toEqual([])
  })

  it('gives namespaced and free-text tools their own form back', () => {
    const request = {
      tools: [
        { type: 'namespace', name: 'mcp__docs', tools: [{ type: 'function', name: 'find' }] },
        { type: 'custom', name: 'apply_patch' },
      ],
    }
    const lines = write(
      [
        { type: 'tool-start', index: 0, id: 'c0', name: 'mcp__docs__find' },
        { type: 'tool-start', index: 1, id: 'c1', name: 'apply_patch' },
        { type: 'tool-delta', index: 1, argumentsText: '{"input":"*** Be' },
        { type: 'tool-delta', index: 1, argumentsText: 'gin"}' },
      ],
      request,
    )
    expect(lines.at(-1)?.response?.output).toEqual([
      { id: 'fc_01X_0', type: 'function_call', status: 'completed', call_id: 'c0', name: 'find', namespace: 'mcp__docs', arguments: '{}' },
      { id: 'ctc_01X_1', type: 'custom_tool_call', status: 'completed', call_id: 'c1', name: 'apply_patch', input: '*** Begin' },
    ])
    expect(typesOf(lines).filter((type) => type.startsWith('custom'))).toEqual(['custom_tool_call_input.delta', 'custom_tool_call_input.done'])
  })
})

describe('the response object', () => {
  it('echoes what was asked for, and the documented default for the rest', () => {
    const asked = {
      instructions: 'i',
      temperature: 0,
      metadata: { a: 'b' },
      reasoning: { effort: 'low' },
      text: { verbosity: 'low' },
      tools: [{ type: 'function', name: 'f' }],
    }
    expect(writeResponsesWhole([], { ...options, request: asked })).toMatchObject({
      ...{ instructions: 'i', temperature: 0, metadata: { a: 'b' }, reasoning: { effort: 'low', summary: null } },
      text: { verbosity: 'low', format: { type: 'text' } },
      tools: [{ type: 'function', name: 'f', description: null, parameters: null, strict: false }],
    })
    const bare = writeResponsesWhole([], options)
    expect(bare).toMatchObject({
      ...{ background: false, error: null, incomplete_details: null, instructions: null, max_output_tokens: null, max_tool_calls: null, metadata: {} },
      ...{ parallel_tool_calls: true, previous_response_id: null, prompt_cache_key: null, safety_identifier: null, service_tier: 'default', store: true },
      ...{ temperature: 1, tool_choice: 'auto', tools: [], top_logprobs: 0, top_p: 1, truncation: 'disabled', usage: null, user: null },
    })
    expect(Object.values(bare).filter((value) => value === undefined)).toEqual([])
  })
})

const piece = fc.string({ minLength: 1, maxLength: 6 })
const event: fc.Arbitrary<ReplyEvent> = fc.oneof(
  fc.record({ type: fc.constantFrom('text-delta', 'reasoning-delta', 'refusal-delta'), text: piece }),
  fc.record({ type: fc.constant('reasoning-end'), signature: piece }),
  fc.record({ type: fc.constant('tool-delta'), index: fc.nat({ max: 3 }), argumentsText: piece }),
  fc.constant({ type: 'keepalive' }),
)
/** Tools open in order, anywhere between the others. */
const reply = fc.array(fc.oneof({ arbitrary: event, weight: 4 }, { arbitrary: fc.constant(null), weight: 1 }), { maxLength: 25 }).map((steps) => {
  let tools = 0
  return steps.map((step): ReplyEvent => step ?? { type: 'tool-start', index: tools, id: `c${tools++}`, name: 'f' })
})

async function accumulate(body: Uint8Array): Promise<ModelResponse> {
  const client = new OpenAI({
    apiKey: 'unused',
    maxRetries: 0,
    fetch: async () => new Response(Buffer.from(body), { headers: { 'content-type': 'text/event-stream' } }),
  })
  return await client.responses.stream({ model: 'any', input: 'any' }).finalResponse()
}

it('the strict OpenAI client accumulates any stream to the whole reply, which is the same as not streaming', async () => {
  await fc.assert(
    fc.asyncProperty(reply, fc.constantFrom('stop', 'tool-calls', 'length'), async (events, reason) => {
      const all: readonly ReplyEvent[] = [...events, { type: 'usage', usage }, { type: 'finish', reason }]
      const whole: unknown = JSON.parse(JSON.stringify(writeResponsesWhole(all, options)))
      const bytes = bytesOf(all)
      expect(linesOf(bytes).at(-1)?.response).toEqual(whole)
      expect(await accumulate(bytes)).toMatchObject(whole as object)
    }),
    { seed, numRuns: 60 },
  )
})
