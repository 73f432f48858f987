// Which of the gateway's paths a panel asks, once somebody else vouches for it: its own reads and the administrators' routes.
// Promises: a path has one reading, or none; signing in and out are not among them, because there is no session then. Held against the declared routes by a test.
// Leaves alone: who may ask (the window's scheme), what is answered.

const administered = ['budgets', 'config', 'credentials', 'health', 'key', 'ledger', 'model', 'prices', 'provider', 'providers', 'spend', 'team', 'vault']
const own = 'panel'
const sessionPaths = ['/panel/sign-in', '/panel/sign-out']

const misleading = /[\\#?]|\/\/|%5c|%2e|%00|%0[ad]|(?:\/|%2f)\.{1,2}(?:\/|%2f|$)/i

/** `path`: undecoded, without query, as in a URL. An encoded slash belongs to a name (`/credentials/{name}`) and may stay. */
export function isPanelPath(path: string): boolean {
  if (!/^\/[\x21-\x7e]+$/.test(path) || misleading.test(path)) return false
  const room = path.split('/')[1] ?? ''
  if (room === own) return path !== `/${own}` && !sessionPaths.includes(path)
  return administered.includes(room)
}
