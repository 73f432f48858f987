// How long a token is kept, who waits for one fetch, what a failure leaves behind. Both clocks are driven by hand.
// Leaves alone: what a token server answers (fetch-token.test.ts).

import { describe, expect, it } from 'vitest'
import { createTokenCache, type TokenCache } from '../../../gateway/authorize/token-cache.ts'
import { defaultLimits } from '../../../gateway/config.ts'

const hourS = 3600

function createBench(limits: Partial<typeof defaultLimits> = {}): {
  cache: TokenCache
  pass(seconds: number, sleeping?: boolean): void
  take(id?: string): Promise<string>
  /** What the next fetches come to. */
  give: { lifetimeS: number; error: Error | null; gate: Promise<void> | null }
  readonly fetches: number
} {
  let monotonicS = 0
  let nowS = 1_000_000
  let fetches = 0
  const give = { lifetimeS: hourS, error: null as Error | null, gate: null as Promise<void> | null }
  const cache = createTokenCache({ clock: { monotonicUs: () => monotonicS * 1e6, nowMs: () => nowS * 1000 }, limits: { ...defaultLimits, ...limits } })
  return {
    cache,
    give,
    get fetches() {
      return fetches
    },
    pass(seconds, sleeping = false) {
      if (!sleeping) monotonicS += seconds
      nowS += seconds
    },
    async take(id = 'a') {
      const { text } = await cache.take(id, async () => {
        fetches += 1
        const given = `${id}${String(fetches)}`
        await give.gate
        if (give.error !== null) throw give.error
        return { text: given, lifetimeMs: give.lifetimeS * 1000 }
      })
      return text
    },
  }
}
const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('createTokenCache', () => {
  it('fetches once for all who ask at the same time, and for those who come later', async () => {
    const bench = createBench()
    let open = (): void => undefined
    bench.give.gate = new Promise((resolve) => (open = resolve))
    const waiting = Array.from({ length: 200 }, async () => bench.take())
    open()
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['a1']))
    bench.pass(hourS / 2)
    expect([await bench.take(), bench.fetches]).toEqual(['a1', 1])
  })
  it('keeps tokens of different credentials apart', async () => {
    const bench = createBench()
    expect([await bench.take('a'), await bench.take('b'), await bench.take('a')]).toEqual(['a1', 'b2', 'a1'])
  })
  it('renews early, once, while the old token still serves', async () => {
    const bench = createBench()
    await bench.take()
    bench.pass(hourS - 200)
    expect(await Promise.all([bench.take(), bench.take(), bench.take()])).toEqual(['a1', 'a1', 'a1'])
    await settled()
    expect([await bench.take(), bench.fetches]).toEqual(['a2', 2])
  })
  it('serves the old token while renewing fails, asks again after the back-off, and gives the failure once the token is over', async () => {
    const bench = createBench()
    await bench.take()
    bench.pass(hourS - 200)
    bench.give.error = new Error('no luck')
    expect(await bench.take()).toBe('a1')
    await settled()
    expect([await bench.take(), bench.fetches]).toEqual(['a1', 2])
    bench.pass(4)
    expect(await bench.take()).toBe('a1')
    await settled()
    expect(bench.fetches).toBe(3)
    bench.pass(200)
    await expect(bench.take()).rejects.toThrow('no luck')
    expect(bench.fetches).toBe(4)
  })
  it('does not ask again at once after a failure, and soon does', async () => {
    const bench = createBench()
    bench.give.error = new Error('no luck')
    await expect(bench.take()).rejects.toThrow('no luck')
    bench.give.error = null
    await expect(bench.take()).rejects.toThrow('no luck')
    expect(bench.fetches).toBe(1)
    bench.pass(4)
    expect([await bench.take(), bench.fetches]).toEqual(['a2', 2])
  })
  it('does not trust a token after the machine slept, nor after the wall clock was set back', async () => {
    const bench = createBench()
    await bench.take()
    bench.pass(2 * hourS, true)
    expect(await bench.take()).toBe('a2')
    bench.pass(hourS)
    bench.pass(-2 * hourS, true)
    expect(await bench.take()).toBe('a3')
  })
  it('drops a token the vendor refused, but not the one that replaced it, and not one after another', async () => {
    const bench = createBench()
    await bench.take()
    bench.cache.drop('a', 'a1')
    expect(await bench.take()).toBe('a2')
    bench.cache.drop('a', 'a1')
    expect(await bench.take()).toBe('a2')
    bench.cache.drop('a', 'a2')
    expect([await bench.take(), bench.fetches]).toEqual(['a2', 2])
    bench.pass(11)
    bench.cache.drop('a', 'a2')
    expect(await bench.take()).toBe('a3')
  })
  it('forgets everything when told to, a fetch on its way included', async () => {
    const bench = createBench()
    let open = (): void => undefined
    expect(await bench.take('a')).toBe('a1')
    bench.give.gate = new Promise((resolve) => (open = resolve))
    const waiting = bench.take('b')
    bench.cache.forget()
    open()
    expect(await waiting).toBe('b2')
    bench.give.gate = null
    expect([await bench.take('a'), await bench.take('b')]).toEqual(['a3', 'b4'])
  })
  it('keeps no more than its limit, the least used goes first', async () => {
    const bench = createBench({ tokensKeptMax: 2 })
    await bench.take('a')
    await bench.take('b')
    await bench.take('a')
    await bench.take('c')
    expect([await bench.take('a'), await bench.take('b'), bench.fetches]).toEqual(['a1', 'b4', 4])
  })
  it('uses a token that hardly lives, and then fetches the next', async () => {
    const bench = createBench()
    bench.give.lifetimeS = 2
    expect([await bench.take(), await bench.take()]).toEqual(['a1', 'a2'])
  })
})
