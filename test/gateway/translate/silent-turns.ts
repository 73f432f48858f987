// A conversation in which an assistant's turns are left that say nothing, and the same without them.
// Promises: each way of saying nothing is there once: empty text, thought alone, no parts. Leaves alone: which vendors refuse them.

const user = (content: string): object => ({ role: 'user', content })
const silent = [
  { role: 'assistant', content: '' },
  { role: 'assistant', content: null, reasoning_content: 'hm' },
  { role: 'assistant', content: [] },
]
const spoken = { role: 'assistant', content: 'yes' }

export const withSilentTurns = [user('a'), ...silent, user('b'), spoken, user('c')]
export const withoutSilentTurns = [user('a'), user('b'), spoken, user('c')]
