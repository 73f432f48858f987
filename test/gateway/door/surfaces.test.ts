// Whose client asks: the surface that a path belongs to, also where nothing is served.

import { expect, it } from 'vitest'
import { idHeaders, speakerAt, surfaceAt, surfaces } from '../../../gateway/door/surfaces/index.ts'

it.each([
  ['/v1/chat/completions', 'openai'],
  ['/v1', 'openai'],
  ['/v1/messages', 'anthropic'],
  ['/v1/messages/count_tokens', 'anthropic'],
  ['/v1/messagesque', 'openai'],
  ['/v1/nothing', 'openai'],
  ['/openai/deployments/x/images', 'openai'],
  ['/api/chat', 'ollama'],
  ['/api/pull', 'ollama'],
  ['/apis', 'admin'],
  ['/v1beta/models/m:generateContent', 'gemini'],
  ['/v1beta/nothing', 'gemini'],
  ['/v10/chat', 'admin'],
  ['/v1betamax', 'admin'],
  ['/key/generate', 'admin'],
  ['/', 'admin'],
  ['', 'admin'],
])('%s belongs to %s', (path, surface) => {
  expect(surfaceAt(path)).toBe(surface)
})

it('every inference route lies below its own surface', () => {
  for (const surface of Object.values(surfaces))
    for (const route of surface.routes(1000)) expect([route.path, route.surface, surfaceAt(route.path)]).toEqual([route.path, surface.id, surface.id])
})

it.each([
  ['the list of models, asked for by an Anthropic client', 'openai', { 'anthropic-version': '2023-06-01' }, 'anthropic'],
  ['the list of models, asked for by anybody else', 'openai', {}, 'openai'],
  ['the management API, whoever asks', 'admin', { 'anthropic-version': '2023-06-01' }, 'admin'],
] as const)('%s, is answered in words of %s', (_, asked, headers, speaker) => {
  expect(speakerAt(asked, headers)).toBe(speaker)
})

it('a request’s id stands where each client looks for it', () => {
  expect(idHeaders('openai', 'req_1')).toEqual({ 'x-request-id': 'req_1', 'x-litellm-call-id': 'req_1' })
  expect(idHeaders('anthropic', 'req_1')).toMatchObject({ 'x-request-id': 'req_1', 'request-id': 'req_1' })
})
