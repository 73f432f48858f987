// What passes between a caller and a vendor who both speak Responses: its bound, its declared edits, and what its bytes show.
// Promises: nothing that could cost more than it shows is missed; nothing changes that was not declared.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { PassEdits } from '../../../gateway/contract/wire.ts'
import { createTextTally } from '../../../gateway/kit/text-tally.ts'
import { boundResponses } from '../../../gateway/translate/openai-responses/bound.ts'
import { editResponses } from '../../../gateway/translate/openai-responses/edit.ts'
import { sealReasoning } from '../../../gateway/translate/openai-responses/reasoning-seal.ts'
import { createResponsesTap, readResponsesFacts } from '../../../gateway/translate/openai-responses/tap.ts'
import { seed, textOfBytes } from '../../conformance/recordings.ts'

const user = (...content: readonly JsonObject[]): JsonObject => ({ role: 'user', content })

describe('bounding', () => {
  it.each<[string, JsonObject, object]>([
    ['plain text', { input: 'hi', max_output_tokens: 9 }, { outputTokensMax: 9, choices: 1, images: 0, unbounded: [] }],
    ['no cap', { input: 'hi' }, { outputTokensMax: undefined, unbounded: [] }],
    ['a cap as text', { input: 'hi', max_output_tokens: '9' }, { outputTokensMax: undefined }],
    [
      'an image in the body',
      { input: [user({ type: 'input_image', image_url: 'data:image/png;base64,AAAABBBB' })] },
      { images: 1, mediaBytes: 8, unbounded: [] },
    ],
    ['an image elsewhere', { input: [user({ type: 'input_image', image_url: 'https://example.com/a.png' })] }, { images: 1, mediaBytes: 0 }],
    [
      'a file in the body',
      { input: [user({ type: 'input_file', file_data: 'data:application/pdf;base64,AAAA' })] },
      { files: 1, mediaBytes: 4, unbounded: [] },
    ],
    ['a stored file', { input: [user({ type: 'input_file', file_id: 'f' })] }, { files: 0, unbounded: ['input[0].content[0] (file_id)'] }],
    [
      'a stored file beside data',
      { input: [user({ type: 'input_file', file_id: 'f', file_data: 'data:a/b;base64,AAAA' })] },
      { unbounded: ['input[0].content[0] (file_id)'] },
    ],
    ['a file elsewhere', { input: [user({ type: 'input_file', file_url: 'https://example.com' })] }, { unbounded: ['input[0].content[0] (file_url)'] }],
    ['sound', { input: [user({ type: 'input_audio' })] }, { unbounded: ['input[0].content[0] (input_audio)'] }],
    [
      'an image from a tool',
      { input: [{ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_image', image_url: 'https://e.com' }] }] },
      { images: 1 },
    ],
    ['a reference', { input: [{ type: 'item_reference', id: 'm' }] }, { unbounded: ['input[0] (item_reference)'] }],
    ['calls and thoughts', { input: [{ type: 'function_call' }, { type: 'reasoning', content: null, encrypted_content: 'x' }] }, { unbounded: [] }],
    [
      'tools at the vendor',
      {
        input: 'x',
        tools: [{ type: 'function' }, { type: 'custom' }, { type: 'web_search' }, { type: 'namespace', tools: [{ type: 'mcp' }] }, { type: 'local_shell' }],
      },
      { unbounded: [], hosted: { wire: 'openai-responses', names: ['tools[2] (web_search)', 'tools[3].tools[0] (mcp)'] } },
    ],
    [
      'what is stored',
      { input: 'x', previous_response_id: 'r', conversation: 'c', background: false },
      { unbounded: ['previous_response_id', 'conversation'] },
    ],
    ['a dearer tier', { input: 'x', service_tier: 'priority' }, { unbounded: ['service_tier (priority)'] }],
  ])('%s', (_title, body, wanted) => {
    expect(boundResponses(body)).toMatchObject(wanted)
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.record({ input: fc.jsonValue({ maxDepth: 4 }), tools: fc.jsonValue({ maxDepth: 3 }) }), (body) => {
        expect(boundResponses(body as JsonObject).choices).toBe(1)
      }),
      { seed, numRuns: 300 },
    )
  })
})

describe('editing', () => {
  const edits: PassEdits = { model: 'm', askUsage: true, quirks: {}, defaults: {} }
  const edit = (text: string, more: Partial<PassEdits> = {}): string =>
    textOfBytes([editResponses(Buffer.from(text), JSON.parse(text) as JsonObject, { ...edits, ...more }).body])
  const odd = '{ "model":"m",\n "input" :"h\\u00e9", "temperature":1.0, "unknown":1e400, "stream":true }'

  it('changes nothing where nothing is asked for, not even to ask for usage', () => {
    const raw = Buffer.from(odd)
    expect(editResponses(raw, JSON.parse(odd) as JsonObject, edits)).toEqual({ body: raw, stripUsage: false, pictures: false })
  })

  it('sets the vendor’s model and the budget’s cap', () => {
    expect(edit(odd, { model: 'other' })).toBe(odd.replace('"m"', '"other"'))
    expect(JSON.parse(edit('{"model":"m","input":"x"}', { outputTokensMax: 20 }))).toMatchObject({ max_output_tokens: 20 })
    expect(JSON.parse(edit('{"model":"m","max_output_tokens":99}', { outputTokensMax: 20 }))).toMatchObject({ max_output_tokens: 20 })
    expect(JSON.parse(edit('{"model":"m","max_output_tokens":9}', { outputTokensMax: 20 }))).toMatchObject({ max_output_tokens: 9 })
  })

  it('says a deployment’s defaults in this wire’s words, and leaves out what it has none for', () => {
    const defaults = { max_tokens: 50, reasoning_effort: 'low', temperature: 0, seed: 1, stop: 'x' }
    expect(JSON.parse(edit('{"model":"m","input":"x"}', { defaults }))).toEqual({
      model: 'm',
      input: 'x',
      max_output_tokens: 50,
      reasoning: { effort: 'low' },
      temperature: 0,
    })
    expect(JSON.parse(edit('{"model":"m","reasoning":{"effort":"high"}}', { defaults }))).toMatchObject({ reasoning: { effort: 'high' } })
  })

  it('leaves out reasoning that was sealed here for another vendor, and keeps the vendor’s own', () => {
    const ours = { type: 'reasoning', summary: [], encrypted_content: sealReasoning({ signature: 's' }) }
    const theirs = { type: 'reasoning', summary: [], encrypted_content: 'gAAAA' }
    expect(JSON.parse(edit(JSON.stringify({ model: 'm', input: [ours, theirs, { role: 'user', content: 'x' }] })))).toEqual({
      model: 'm',
      input: [theirs, { role: 'user', content: 'x' }],
    })
  })

  it('refuses a reply in the background by name', () => {
    expect(() => edit('{"model":"m","input":"x","background":true}')).toThrow('background must be false')
  })
})

describe('a tap', () => {
  const line = (type: string, fields: object): Buffer => Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`)
  const reported = { input_tokens: 5, output_tokens: 7, total_tokens: 12 }

  it('counts streamed text once and keeps the closing event, and what follows it, for the end', () => {
    const text = createTextTally()
    const tap = createResponsesTap({ text })
    const last = [line('response.completed', { response: { id: 'r', model: 'v', status: 'completed', usage: reported } }), Buffer.from('data: [DONE]\n\n')]
    const passed = [
      ...tap.push(line('response.created', { response: { id: 'r', model: 'v' } })),
      ...tap.push(line('response.output_text.delta', { delta: 'abc' })),
      ...tap.push(line('response.output_text.done', { text: 'abc' })),
      ...tap.push(line('response.function_call_arguments.delta', { delta: '{}' })),
      ...last.flatMap((bytes) => [...tap.push(bytes)]),
    ]
    expect(passed).toHaveLength(4)
    expect(text.bytes).toBe(5)
    expect(tap.closed).toBe(true)
    expect(tap.seen).toMatchObject({
      upstreamId: 'r',
      model: 'v',
      finished: true,
      textBytesAtUsage: 5,
      error: null,
      usage: { meters: { input: 5, output: 7 } },
    })
    expect(textOfBytes([tap.end()])).toBe(textOfBytes(last))
  })

  it.each([
    [line('error', { code: 'c', message: 'bad' })],
    [line('error', { error: { code: 'c', message: 'bad' } })],
    [line('response.failed', { response: { id: 'r', status: 'failed', error: { code: 'c', message: 'bad' } } })],
  ])('sees an error in each of its forms: %s', (bytes) => {
    const tap = createResponsesTap({ text: createTextTally() })
    tap.push(bytes)
    expect(tap.seen.error).toMatchObject({ message: 'bad', code: 'c' })
  })

  it('is not finished by a stream that was cut', () => {
    const tap = createResponsesTap({ text: createTextTally() })
    tap.push(line('response.output_text.delta', { delta: 'abc' }))
    tap.end()
    expect(tap.seen).toMatchObject({ finished: false, usage: null })
  })

  it('counts the searches that are sold: those for pages, not what is done with a page', () => {
    const call = (action?: object): object => ({ id: 'ws_1', type: 'web_search_call', status: 'completed', ...(action === undefined ? {} : { action }) })
    const output = [call({ type: 'search', query: 'q' }), call({ type: 'open_page', url: 'u' }), call({ type: 'find_in_page', url: 'u' }), call()]
    const response = { id: 'r', model: 'v', status: 'completed', output, usage: reported }
    const tap = createResponsesTap({ text: createTextTally() })
    tap.push(line('response.completed', { response }))
    expect(tap.seen.usage?.meters).toEqual({ input: 5, output: 7, searches: 2 })
    expect(readResponsesFacts(response, createTextTally()).usage).toEqual(tap.seen.usage)
    const told = { ...response, usage: { ...reported, server_side_tool_usage_details: { web_search_calls: 5, x_search_calls: 3 } } }
    expect(readResponsesFacts(told, createTextTally()).usage?.meters).toEqual({ input: 5, output: 7, searches: 8 })
    const invoked = { ...response, output: [], usage: { ...reported, tool_calls_details: { search_web: { invocation: 3 }, fetch_url: { invocation: 1 } } } }
    expect(readResponsesFacts(invoked, createTextTally()).usage?.meters).toEqual({ input: 5, output: 7, searches: 3 })
  })

  it('reads a whole reply’s text, usage and failure', () => {
    const text = createTextTally()
    const output = [
      { type: 'reasoning', summary: [{ text: 'ab' }] },
      {
        type: 'message',
        content: [
          { type: 'output_text', text: 'cd' },
          { type: 'refusal', refusal: 'e' },
        ],
      },
      { type: 'function_call', name: 'f', arguments: '{}' },
    ]
    expect(readResponsesFacts({ id: 'r', model: 'v', status: 'completed', output, usage: reported }, text)).toMatchObject({ upstreamId: 'r', error: null })
    expect(text.bytes).toBe(8)
    const failed = readResponsesFacts({ id: 'r', status: 'failed', output: [], error: { code: 'c', message: 'bad' } }, createTextTally())
    expect(failed.error).toMatchObject({ message: 'bad', code: 'c' })
    expect(readResponsesFacts({ choices: [] }, createTextTally()).error).not.toBeNull()
  })
})
