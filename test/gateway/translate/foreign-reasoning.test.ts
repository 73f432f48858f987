// One conversation, several vendors: what one of them thought, before another that refuses what it did not sign.
// Promises: nobody is shown a signature that is not its own; nothing else of a history changes.

import { describe, expect, it } from 'vitest'
import type { ChatRequest, Thinking } from '../../../gateway/contract/chat.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { PassEdits, PassedRequest } from '../../../gateway/contract/wire.ts'
import { editMessages } from '../../../gateway/translate/anthropic-messages/edit.ts'
import { unsignedMark } from '../../../gateway/translate/anthropic-messages/foreign-thinking.ts'
import { readMessagesRequest } from '../../../gateway/translate/anthropic-messages/read-request.ts'
import { writeMessages } from '../../../gateway/translate/anthropic-messages/write-request.ts'
import { writeConverse } from '../../../gateway/translate/bedrock-converse/write-request.ts'
import { editGemini } from '../../../gateway/translate/gemini-generate/edit.ts'
import { openThought, sealThought } from '../../../gateway/translate/gemini-generate/thought-seal.ts'
import { editResponses } from '../../../gateway/translate/openai-responses/edit.ts'
import { signOwn } from '../../../gateway/translate/openai-responses/own-reasoning.ts'
import { sealReasoning } from '../../../gateway/translate/openai-responses/reasoning-seal.ts'

const openais = signOwn('gAAAAB')
const edits: PassEdits = { model: 'm', askUsage: false, quirks: {}, defaults: {} }
type Editor = (raw: Uint8Array, body: JsonObject, edits: PassEdits) => PassedRequest
function pass(edit: Editor, body: JsonObject): { readonly same: boolean; readonly body: unknown } {
  const raw = Buffer.from(JSON.stringify({ model: 'm', ...body }))
  const passed = edit(raw, { model: 'm', ...body }, edits).body
  return { same: passed === raw, body: JSON.parse(Buffer.from(passed).toString('utf8')) }
}

describe('passing to Anthropic', () => {
  const hi = { role: 'user', content: 'hi' }
  const thinking = (signature?: string): JsonObject => ({ type: 'thinking', thinking: 'hm', ...(signature === undefined ? {} : { signature }) })
  const text = { type: 'text', text: 'yes' }
  const call = { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }
  const answered = (...content: readonly JsonObject[]): JsonObject => ({ role: 'assistant', content })

  it.each([[openais], [unsignedMark]])('a block signed %o is left out, what follows it stays', (signature) => {
    expect(pass(editMessages, { messages: [hi, answered(thinking(signature), text, call), hi] })).toEqual({
      same: false,
      body: { model: 'm', messages: [hi, answered(text, call), hi] },
    })
  })
  it('a turn of nothing else goes with it', () => {
    expect(pass(editMessages, { messages: [hi, answered(thinking(unsignedMark)), hi] }).body).toEqual({ model: 'm', messages: [hi, hi] })
  })
  it('its own blocks and everything else stay, byte for byte', () => {
    const own = answered(thinking('EqQBCgIYAh'), thinking(''), thinking(), { type: 'redacted_thinking', data: 'x' }, text)
    const quoted = { role: 'user', content: [{ type: 'thinking', thinking: 'a user’s, which Anthropic refuses itself' }] }
    expect(pass(editMessages, { messages: [hi, own, { role: 'assistant', content: 'plain' }, quoted] }).same).toBe(true)
  })
})

describe('writing for Anthropic and for Claude on Bedrock', () => {
  const request = (signature: string): ChatRequest =>
    readMessagesRequest({
      max_tokens: 9,
      messages: [
        { role: 'user', content: 'hi' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm', signature },
            { type: 'text', text: 'yes' },
          ],
        },
        { role: 'user', content: 'go on' },
      ],
    })
  const target = { model: 'anthropic.claude-opus-4-6', stream: false, outputTokensMax: 9, settings: {}, quirks: {} }
  it.each([
    ['Anthropic', writeMessages],
    ['Bedrock', writeConverse],
  ])('%s is shown its own reasoning and not OpenAI’s', (_name, write) => {
    const sent = (signature: string): string => JSON.stringify(write(request(signature), target).body['messages'])
    expect(sent('EqQBCgIYAh')).toContain('EqQBCgIYAh')
    expect(sent(openais)).not.toMatch(/openai-responses|hm/)
  })
})

describe('passing to Gemini', () => {
  const user = { role: 'user', parts: [{ text: 'hi' }] }
  const sealed: readonly Omit<Thinking, 'text'>[] = [{ signature: 'EqQB+/==' }, { signature: openais }, { redacted: 'xyz' }]
  it.each(sealed)('what was sealed here (%o) is base64, opens again, and is left out', (block) => {
    const signature = sealThought(block)
    // What Go's and Java's decoders and pydantic take.
    expect(signature).toMatch(/^[A-Za-z0-9+/]+={0,2}$/)
    expect(signature.length % 4).toBe(0)
    expect(openThought(signature)).toEqual(block)
    const thought = { text: 'hm', thought: true, thoughtSignature: signature }
    const said = { text: 'yes' }
    expect(pass(editGemini, { contents: [user, { role: 'model', parts: [thought, said] }, { role: 'model', parts: [thought] }] }).body).toEqual({
      model: 'm',
      contents: [user, { role: 'model', parts: [said] }],
    })
  })
  it('its own signatures stay, byte for byte, and mean nothing to others', () => {
    const parts = [
      { text: 'hm', thought: true, thoughtSignature: 'CiQB0e2Kb5Yq+7h/w==' },
      { functionCall: { name: 'f', args: {} }, thought_signature: 'c2ln' },
    ]
    expect(pass(editGemini, { contents: [user, { role: 'model', parts }] }).same).toBe(true)
    expect(openThought('CiQB0e2Kb5Yq+7h/w==')).toBeNull()
  })
})

describe('passing to OpenAI', () => {
  const user = { type: 'message', role: 'user', content: 'hi' }
  const reasoning = (id: string, encrypted: string | null): JsonObject => ({ id, type: 'reasoning', summary: [], encrypted_content: encrypted })
  it.each([
    ['sealed', reasoning('rs_01ARZ3NDEKTSV4RRFFQ69G5FAV_0', sealReasoning({ signature: 'EqQB' }))],
    ['unsigned', reasoning('rs_01ARZ3NDEKTSV4RRFFQ69G5FAV_0', null)],
  ])('reasoning that was written here, %s, is left out', (_kind, item) => {
    expect(pass(editResponses, { input: [user, item, user] }).body).toEqual({ model: 'm', input: [user, user] })
  })
  it('its own stays, byte for byte', () => {
    const own = reasoning('rs_0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f6071', null)
    expect(pass(editResponses, { input: [user, own, reasoning('rs_1', 'gAAAAB')] }).same).toBe(true)
  })
})
