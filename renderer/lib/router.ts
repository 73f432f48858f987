// Paths of the panel as typed routes, and back.
// Promises: every route has exactly one path; an unknown path is a route of its own (`missing`), never a guess.
// Leaves alone: history and clicks (state/location.svelte.ts).

export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'requests'; readonly id: string | null }
  | { readonly page: 'spend' }
  | { readonly page: 'keys' }
  | { readonly page: 'new-key' }
  | { readonly page: 'key'; readonly id: number }
  | { readonly page: 'providers' }
  | { readonly page: 'new-provider' }
  | { readonly page: 'missing'; readonly path: string }

export const base = '/ui/'

export function parsePath(pathname: string): Route {
  const pieces = pathname.startsWith(base)
    ? pathname
        .slice(base.length)
        .split('/')
        .filter((piece) => piece !== '')
    : pathname === '/ui'
      ? []
      : null
  const missing: Route = { page: 'missing', path: pathname }
  if (pieces === null || pieces.length > 2) return missing
  const [room, item] = pieces
  if (room === undefined || (room === 'home' && item === undefined)) return { page: 'home' }
  if (room === 'spend') return item === undefined ? { page: 'spend' } : missing
  if (room === 'requests') return { page: 'requests', id: item === undefined ? null : decode(item) }
  if (room === 'providers') return item === undefined ? { page: 'providers' } : item === 'new' ? { page: 'new-provider' } : missing
  if (room !== 'keys') return missing
  if (item === undefined) return { page: 'keys' }
  if (item === 'new') return { page: 'new-key' }
  return /^\d{1,15}$/.test(item) ? { page: 'key', id: Number(item) } : missing
}

export function toPath(route: Route): string {
  switch (route.page) {
    case 'home':
      return base
    case 'requests':
      return route.id === null ? `${base}requests` : `${base}requests/${encodeURIComponent(route.id)}`
    case 'spend':
      return `${base}spend`
    case 'keys':
      return `${base}keys`
    case 'new-key':
      return `${base}keys/new`
    case 'key':
      return `${base}keys/${String(route.id)}`
    case 'providers':
      return `${base}providers`
    case 'new-provider':
      return `${base}providers/new`
    case 'missing':
      return route.path
  }
}

/** A path with the parameters that have a value: `?a=1&b=2`, nothing when none has. */
export function withQuery(path: string, query: Readonly<Record<string, string | number | null | undefined>>): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== undefined && value !== '') params.set(name, String(value))
  const text = params.toString()
  return text === '' ? path : `${path}?${text}`
}

function decode(piece: string): string {
  try {
    return decodeURIComponent(piece)
  } catch {
    // A stray per cent sign in a hand-typed address: look it up as it stands, and find nothing.
    return piece
  }
}
