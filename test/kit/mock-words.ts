// What the mock says and what it is asked: the words that both sides of a journey with real clients know.
// Promises: constants alone. Leaves alone: which reply belongs to which request (mock-upstreams.ts).

export const cities = ['Paris', 'Zürich'] as const
export const said = {
  plain: 'Bonjour — “déjà vu” in 日本語, one line\nand another.',
  after: 'It is 21 °C in Paris and 17 °C in Zürich.',
  picture: 'A red square.',
  reasoned: 'The answer is 42.',
  reasoning: 'Six times seven. Check: 7 × 6 = 42.',
  data: { city: 'Zürich', degrees: 17 },
} as const

/** What the mock signs the reasoning before a tool call with, as Anthropic does; it wants it back. */
export const signature = 'c2lnbmF0dXJlLW9mLXRoZS1tb2Nr'

/** What the last user message must contain to get each reply. */
export const prompts = {
  plain: 'say it plainly',
  guessed: 'say it with guessed tokens',
  tools: 'compare two cities',
  ponder: 'ponder two cities',
  picture: 'describe the picture',
  data: 'answer as data',
  reason: 'think first',
  slow: 'say it slowly',
} as const
