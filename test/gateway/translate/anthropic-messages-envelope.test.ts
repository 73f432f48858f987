// Messages streams out of Bedrock's envelope, and betas into Bedrock's body.
// Promises: what comes out are the recorded events of Anthropic's own API, however the envelope was cut; damage and cuts are errors.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { PassEdits } from '../../../gateway/contract/wire.ts'
import { bedrock } from '../../../gateway/providers/bedrock.ts'
import { editMessages } from '../../../gateway/translate/anthropic-messages/edit.ts'
import { invokeEnvelope } from '../../../gateway/translate/anthropic-messages/invoke-envelope.ts'
import { cutAt, textOfBytes } from '../../conformance/recordings.ts'
import { encodeEvent, encodeException, encodeMessage } from '../../kit/event-stream.ts'

const recorded = readFileSync(path.join(import.meta.dirname, '../../fixtures/wire/anthropic/anthropic-messages.tools.stream.txt'), 'utf8')
const events = recorded.split('\n\n').filter((event) => event.includes('data:'))
const dataOf = (event: string): string => /^data: (.*)$/m.exec(event)?.[1] ?? ''
const chunk = (json: string): Uint8Array => encodeEvent('chunk', { bytes: Buffer.from(json).toString('base64'), p: 'abc' })
const wrapped = Buffer.concat(events.map((event) => chunk(dataOf(event))))

function unwrap(pieces: readonly Uint8Array[]): string {
  const reader = invokeEnvelope.open()
  const out = pieces.flatMap((piece) => reader.push(piece))
  reader.end()
  return textOfBytes(out)
}

describe('a wrapped stream', () => {
  const expected = events.map((event) => `event: ${String((JSON.parse(dataOf(event)) as JsonObject)['type'])}\ndata: ${dataOf(event)}\n\n`).join('')

  it('has the very events inside, for every cut', () => {
    expect(events.length).toBeGreaterThan(5)
    for (let place = 0; place <= wrapped.length; place += 1) expect(unwrap(cutAt(wrapped, [place])), `cut at ${place}`).toBe(expected)
  })

  it('that breaks off within a message is cut', () => {
    expect(() => unwrap([wrapped.subarray(0, wrapped.length - 3)])).toThrow('broke off')
  })

  it('that is damaged is no stream', () => {
    const damaged = Uint8Array.from(wrapped)
    damaged[40] = (damaged[40] ?? 0) ^ 1
    expect(() => unwrap([damaged])).toThrow('a message of its stream is damaged')
  })

  it.each([
    ['throttlingException', 'rate_limit_error'],
    ['validationException', 'invalid_request_error'],
    ['modelTimeoutException', 'timeout_error'],
    ['serviceUnavailableException', 'overloaded_error'],
    ['internalServerException', 'api_error'],
    ['toString', 'api_error'],
  ])('that ends with %s ends with an %s', (exception, type) => {
    expect(unwrap([encodeException(exception, { message: 'No.' })])).toBe(`event: error\ndata: {"type":"error","error":{"type":"${type}","message":"No."}}\n\n`)
  })

  it('loses what has nothing for a reader of Messages', () => {
    expect(unwrap([encodeEvent('other', { a: 1 }), encodeMessage({}, Buffer.from('x'))])).toBe('')
  })
})

describe('betas', () => {
  const quirks = bedrock.forModel?.('anthropic.claude-opus-4-6-v1').quirks ?? {}
  const edits: PassEdits = { model: 'm', askUsage: false, quirks, defaults: {} }
  const edit = (body: JsonObject, headers: Readonly<Record<string, string>>): JsonObject & { readonly dropped: unknown } => {
    const passed = editMessages(Buffer.from(JSON.stringify(body)), body, { ...edits, headers })
    expect(passed.headers).toEqual({})
    return { ...(JSON.parse(Buffer.from(passed.body).toString('utf8')) as JsonObject), dropped: passed.dropped }
  }
  const told = { max_tokens: 1, anthropic_version: 'bedrock-2023-05-31' }

  it('go into the body, each once, those Bedrock knows', () => {
    const body = { model: 'x', max_tokens: 1, stream: true, anthropic_beta: ['effort-2025-11-24'] }
    expect(edit(body, { 'anthropic-beta': 'effort-2025-11-24, context-1m-2025-08-07,oauth-2025-04-20', 'anthropic-version': '2023-06-01' })).toEqual({
      ...told,
      anthropic_beta: ['effort-2025-11-24', 'context-1m-2025-08-07'],
      dropped: ['anthropic-beta: oauth-2025-04-20'],
    })
  })

  it('that nobody knows leave no trace but their names', () => {
    expect(edit({ model: 'x', max_tokens: 1, anthropic_beta: ['a'] }, {})).toEqual({ ...told, dropped: ['anthropic-beta: a'] })
    expect(edit({ model: 'x', max_tokens: 1 }, {})).toEqual({ ...told, dropped: [] })
  })
})
