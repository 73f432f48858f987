// What Converse answers, as events: blocks, usage, endings, exceptions, damage.
// Promises: the recorded replies are read to the last figure, and as AWS's own client reads them.

import { BedrockRuntimeClient, ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ReplyEvent } from '../../../gateway/contract/chat.ts'
import { readAwsError } from '../../../gateway/translate/aws-error.ts'
import { createConverseReader, readConverseWhole } from '../../../gateway/translate/bedrock-converse/read-reply.ts'
import { encodeEvent, encodeException, encodeMessage, encodeRecorded } from '../../kit/event-stream.ts'

const recorded = (name: string): Buffer => readFileSync(path.join(import.meta.dirname, '../../fixtures/wire/bedrock', `bedrock-converse.${name}`))
function read(...messages: readonly Uint8Array[]): readonly ReplyEvent[] {
  const reader = createConverseReader()
  return [...messages.flatMap((message) => reader.push(message)), ...reader.end()]
}
const streamed = (name: string): readonly ReplyEvent[] => read(encodeRecorded(recorded(`${name}.stream.events.json`)))

const start: ReplyEvent = { type: 'reply-start', upstreamId: null, model: null }
const meters = { input: 21, cacheRead: 3000, cacheWrite: 1000, cacheWrite1h: 200, output: 72 }

describe('recorded replies', () => {
  it('bring text without a beginning of its own, and the usage after the ending', () => {
    expect(streamed('text')).toEqual([
      start,
      { type: 'text-delta', text: 'Zwölf Lieder — “Linger”' },
      { type: 'text-delta', text: ', …' },
      { type: 'finish', reason: 'stop' },
      { type: 'usage', usage: { meters: { input: 47, output: 20 }, provenance: 'reported' } },
      { type: 'reply-end' },
    ])
  })

  it('bring signed reasoning, calls numbered from 0, and cached tokens beside the input', () => {
    expect(streamed('tools')).toEqual([
      start,
      { type: 'reasoning-delta', text: 'The user wants' },
      { type: 'reasoning-delta', text: ' two songs.' },
      { type: 'reasoning-end', signature: 'EtUBCkYIBxgCIkDs' },
      { type: 'reasoning-end', redacted: 'RW1iZWRkZWQ=' },
      { type: 'text-delta', text: 'Looking them up.' },
      { type: 'tool-start', index: 0, id: 'tooluse_kZJMlvQmRJ6eAyJE5GIl7Q', name: 'top_song' },
      { type: 'tool-delta', index: 0, argumentsText: '{"sign":' },
      { type: 'tool-delta', index: 0, argumentsText: ' "WZPZ"}' },
      { type: 'tool-start', index: 1, id: 'tooluse_2', name: 'now' },
      { type: 'tool-delta', index: 1, argumentsText: '{}' },
      { type: 'finish', reason: 'tool-calls' },
      { type: 'usage', usage: { meters, provenance: 'reported' } },
      { type: 'reply-end' },
    ])
  })

  it('bring the same whole', () => {
    expect(readConverseWhole(JSON.parse(recorded('tools.whole.json').toString('utf8')))).toEqual([
      start,
      { type: 'reasoning-delta', text: 'The user wants a song.' },
      { type: 'reasoning-end', signature: 'EtUBCkYIBxgCIkDs' },
      { type: 'reasoning-end', redacted: 'RW1iZWRkZWQ=' },
      { type: 'text-delta', text: 'I will look it up.' },
      { type: 'tool-start', index: 0, id: 'tooluse_kZJMlvQmRJ6eAyJE5GIl7Q', name: 'top_song' },
      { type: 'tool-delta', index: 0, argumentsText: '{"sign":"WZPZ"}' },
      { type: 'tool-start', index: 1, id: 'tooluse_2', name: 'now' },
      { type: 'tool-delta', index: 1, argumentsText: '{}' },
      { type: 'usage', usage: { meters, provenance: 'reported' } },
      { type: 'finish', reason: 'tool-calls' },
      { type: 'reply-end' },
    ])
  })
})

const begun = encodeEvent('messageStart', { role: 'assistant' })
const said = encodeEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hi' } })
const stopped = (stopReason: string): Uint8Array => encodeEvent('messageStop', { stopReason })

describe('a stream', () => {
  it.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['tool_use', 'tool-calls'],
    ['content_filtered', 'content-filter'],
    ['guardrail_intervened', 'content-filter'],
    ['malformed_tool_use', 'stop'],
    ['something_new', 'stop'],
  ])('that stopped for %s ends as %s', (stopReason, reason) => {
    const events = read(begun, said, stopped(stopReason))
    expect(events.slice(2)).toEqual([{ type: 'finish', reason }, { type: 'reply-end' }])
  })

  it('ends as an exception says, whatever comes after it', () => {
    expect(streamed('throttled').slice(1)).toEqual([
      { type: 'text-delta', text: 'Here' },
      { type: 'error', message: 'Too many tokens, please wait before trying again.', code: 'throttlingException' },
    ])
    const events = read(begun, encodeException('modelStreamErrorException', { message: 'It broke.', originalStatusCode: 424 }), said, stopped('end_turn'))
    expect(events.slice(1)).toEqual([{ type: 'error', message: 'It broke.', code: 'modelStreamErrorException' }])
  })

  it('ends as an error without a body says', () => {
    const text = (value: string): { type: 'string'; value: string } => ({ type: 'string', value })
    const error = encodeMessage({ ':message-type': text('error'), ':error-code': text('InternalFailure'), ':error-message': text('Oh.') }, new Uint8Array())
    expect(read(begun, error).at(-1)).toEqual({ type: 'error', message: 'Oh.', code: 'InternalFailure' })
  })

  it('that is damaged, cut or no JSON says so', () => {
    const damaged = Uint8Array.from(said)
    damaged[damaged.length - 6] = 0x7a
    expect(read(begun, damaged, said).slice(1)).toEqual([
      { type: 'error', message: 'The provider sent a stream with a damaged message.', code: 'upstream_protocol' },
    ])
    expect(read(begun, said).at(-1)).toMatchObject({ type: 'error', code: 'upstream_cut' })
    expect(read(begun, said, stopped('end_turn'), said.subarray(0, 9)).at(-1)).toMatchObject({ type: 'error', code: 'upstream_cut' })
    expect(read(encodeMessage({}, Buffer.from('no'))).at(-1)).toMatchObject({ type: 'error', code: 'upstream_protocol' })
  })

  it('skips events and deltas it does not know', () => {
    const unknown = [encodeEvent('newThing', { a: 1 }), encodeEvent('contentBlockDelta', { contentBlockIndex: 0, delta: { citation: { title: 'x' } } })]
    expect(read(begun, ...unknown, said, stopped('end_turn'))).toEqual(read(begun, said, stopped('end_turn')))
  })
})

describe('whole replies', () => {
  it('keep the text that has sources', () => {
    const content = [{ citationsContent: { content: [{ text: 'Cited.' }], citations: [] } }]
    const reply = { output: { message: { role: 'assistant', content } }, stopReason: 'end_turn', usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } }
    expect(readConverseWhole(reply)).toContainEqual({ type: 'text-delta', text: 'Cited.' })
  })

  it('without a message are errors', () => {
    expect(readConverseWhole({})).toEqual([{ type: 'error', message: 'The provider sent a reply without content.', code: 'upstream_protocol' }])
    expect(readConverseWhole({ message: 'No.', __type: 'com.amazon.coral.service#ValidationException' })).toEqual([
      { type: 'error', message: 'No.', code: 'ValidationException' },
    ])
  })
})

describe('refusals', () => {
  it.each<[string, unknown, object]>([
    ['a plain one', { message: 'Input is too long for requested model.' }, { message: 'Input is too long for requested model.', type: null }],
    ['one in capitals', { Message: 'User is not authorized.' }, { message: 'User is not authorized.' }],
    [
      'a credential that has run out',
      { __type: 'com.amazon.coral.service#ExpiredTokenException', message: 'The security token included in the request is expired' },
      { type: 'ExpiredTokenException', credentialRefused: true },
    ],
    ['text of a proxy', 'Bad gateway', { message: 'Bad gateway' }],
  ])('are understood: %s', (_title, body, understood) => {
    expect(readAwsError(400, body)).toMatchObject(understood)
  })
})

it("shows AWS's own client the same text and usage", async () => {
  const bytes = encodeRecorded(recorded('tools.stream.events.json'))
  const server = createServer((_request, response) => void response.writeHead(200, { 'content-type': 'application/vnd.amazon.eventstream' }).end(bytes))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const credentials = { accessKeyId: 'AKID', secretAccessKey: 'secret' }
  // It would speak HTTP/2 otherwise.
  const client = new BedrockRuntimeClient({ region: 'us-east-1', endpoint, credentials, requestHandler: new NodeHttpHandler() })
  try {
    const reply = await client.send(new ConverseStreamCommand({ modelId: 'any', messages: [{ role: 'user', content: [{ text: 'any' }] }] }))
    let [text, args, reasoning, cached] = ['', '', '', 0]
    for await (const event of reply.stream ?? []) {
      text += event.contentBlockDelta?.delta?.text ?? ''
      args += event.contentBlockDelta?.delta?.toolUse?.input ?? ''
      reasoning += event.contentBlockDelta?.delta?.reasoningContent?.text ?? ''
      cached += event.metadata?.usage?.cacheReadInputTokens ?? 0
    }
    const ours = streamed('tools')
    const joined = (type: 'text-delta' | 'reasoning-delta'): string => ours.flatMap((event) => (event.type === type ? [event.text] : [])).join('')
    const ourArgs = ours.flatMap((event) => (event.type === 'tool-delta' ? [event.argumentsText] : [])).join('')
    expect([joined('text-delta'), joined('reasoning-delta'), ourArgs]).toEqual([text, reasoning, `${args}{}`])
    expect(cached).toBe(meters.cacheRead)
  } finally {
    client.destroy()
    server.closeAllConnections()
    server.close()
  }
})
