// One request of any method by any holder of a key, or by nobody.
// Promises: reads the whole answer, but lets go of a stream of events, which would never end. Leaves alone: what to expect.

export interface Question {
  readonly method: string
  readonly path: string
  /** Absent: without any credential. */
  readonly key?: string
  readonly body?: unknown
}
export interface Reply {
  readonly status: number
  /** The Allow header, sorted. */
  readonly allow: readonly string[]
  readonly text: string
}

export async function ask(origin: string, { method, path, key, body }: Question): Promise<Reply> {
  const response = await fetch(`${origin}${path}`, {
    method,
    headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const allow = (response.headers.get('allow') ?? '').split(', ').sort()
  if (response.headers.get('content-type')?.includes('event-stream') !== true) return { status: response.status, allow, text: await response.text() }
  await response.body?.cancel()
  return { status: response.status, allow, text: '' }
}
