// Whose client asks: the surface that a path belongs to, also where nothing is served.

import { expect, it } from 'vitest'
import { surfaceAt, surfaces } from '../../../gateway/door/surfaces/index.ts'

it.each([
  ['/v1/chat/completions', 'openai'],
  ['/v1', 'openai'],
  ['/v1/nothing', 'openai'],
  ['/openai/deployments/x/images', 'openai'],
  ['/api/chat', 'ollama'],
  ['/api/pull', 'ollama'],
  ['/apis', 'admin'],
  ['/v10/chat', 'admin'],
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
