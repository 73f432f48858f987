// The management API: LiteLLM's routes and the panel's. It has no inference routes of its own.
// Promises: errors as LiteLLM's proxy words them: the status, as text, where OpenAI has a code word.
// Source: LiteLLM's ProxyException body (docs/proxy, as known 2026-11-21).

import type { Surface } from './surface.ts'
import { wordOpenai } from './openai.ts'

export const admin: Surface = {
  id: 'admin',
  // Everything that belongs to nobody else.
  prefixes: [''],
  routes: () => [],
  wordError: (facts) => wordOpenai(facts, String(facts.error.status)),
}
