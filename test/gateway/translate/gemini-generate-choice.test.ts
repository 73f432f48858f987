// Which functions a Gemini caller lets a model call, before vendors who know one or all.
// Promises: no other is shown.

import { expect, it } from 'vitest'
import type { ChatRequest } from '../../../gateway/contract/chat.ts'
import { readGemini } from '../../../gateway/translate/gemini-generate/read-request.ts'

const tools = [{ functionDeclarations: ['f', 'g', 'h'].map((name) => ({ name })) }]
const read = (allowedFunctionNames: readonly string[]): ChatRequest =>
  readGemini({ contents: [{ parts: [{ text: 'hi' }] }], tools, toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames } } })

it.each<[readonly string[], readonly string[], object]>([
  [['f', 'h'], ['f', 'h'], { kind: 'required' }],
  [['g'], ['f', 'g', 'h'], { kind: 'tool', name: 'g' }],
  [[], ['f', 'g', 'h'], { kind: 'required' }],
])('of those allowed (%j) these are shown: %j', (allowed, shown, toolChoice) => {
  expect(read(allowed).tools.map((tool) => tool.name)).toEqual(shown)
  expect(read(allowed).toolChoice).toEqual(toolChoice)
})
