// System messages for servers whose templates take one, at the beginning.
// Promises: what a conversation begins with is one message, whatever it is made of; where they may stand anywhere, nothing changes.

import { expect, it } from 'vitest'
import type { ChatMessage } from '../../../gateway/contract/chat.ts'
import { lateSystems } from '../../../gateway/translate/openai-chat/late-systems.ts'

const text = (words: string) => ({ type: 'text', text: words }) as const
const system = (...words: readonly string[]): ChatMessage => ({ role: 'system', parts: words.map(text) })
const user: ChatMessage = { role: 'user', parts: [text('hi')] }

it('those a conversation begins with are one text', () => {
  expect(lateSystems([system('a'), system('b', 'c'), user])).toEqual([system('a\n\nb\n\nc'), user])
})

it('one alone stays as it was', () => {
  expect(lateSystems([system('a', 'b'), user])).toEqual([system('a', 'b'), user])
})

it('what is no text is kept beside it', () => {
  const pictured: ChatMessage = { role: 'system', parts: [{ type: 'image', source: { kind: 'url', url: 'https://a.example/b' } }] }
  expect(lateSystems([system('a'), pictured, user])).toEqual([{ role: 'system', parts: [...system('a').parts, ...pictured.parts] }, user])
})
