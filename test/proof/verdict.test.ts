// The verdict on answers: what passes, and what does not.
// Promises: each rule fails on its own example. Leaves alone: where answers come from.

import { expect, it } from 'vitest'
import { faultOf } from './verdict.ts'

const openai = JSON.stringify({ error: { message: 'no', type: 'server_error', param: null, code: null } })

it.each([
  ['openai', 502, openai, null],
  ['openai', 200, 'anything', null],
  ['openai', 500, openai, 'none that is declared'],
  ['openai', 505, openai, 'none that is declared'],
  ['openai', 502, '<html>', 'without a JSON object'],
  ['openai', 400, '[]', 'without a JSON object'],
  ['anthropic', 502, openai, 'a form that anthropic does not have'],
  ['anthropic', 502, '{"type":"error","error":{"type":"api_error","message":"no"}}', null],
  ['gemini', 502, openai, 'a form that gemini does not have'],
  ['gemini', 502, '{"error":{"code":502,"message":"no","status":"UNAVAILABLE"}}', null],
  ['ollama', 502, openai, 'a form that ollama does not have'],
  ['ollama', 502, '{"error":"no"}', null],
] as const)('%s %i %s', (surface, status, text, fault) => {
  const found = faultOf(surface, { status, text })
  if (fault === null) expect(found).toBeNull()
  else expect(found).toContain(fault)
})
