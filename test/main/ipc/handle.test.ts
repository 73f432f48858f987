// Who may ask on a channel, and what: fuzzed, and asked from frames that may not.

import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { GatewayState } from '../../../main/gateway/state.ts'
import { createAnswers } from '../../../main/ipc/answers.ts'
import type { Channel } from '../../../main/ipc/contract.ts'
import { handleChannels, type Answers } from '../../../main/ipc/handle.ts'
import { createNewsDesk } from '../../../main/ipc/news.ts'
import { Refused } from '../../../main/ipc/refused.ts'
import { channelNames } from '../../../main/ipc/schemas.ts'
import { recordDuties, type RecordedDuties } from '../../kit/desktop-duties.ts'
import { app, ipcMain, resetElectron } from '../../kit/electron/index.ts'
import { frameAt, StandInContents, type StandInFrame } from '../../kit/electron/web-contents.ts'

const callsPerChannel = 10_000
const fuzzTimeoutMs = 120_000
/** What each channel takes when it is used as meant. */
const meant: Readonly<Record<Channel, unknown>> = {
  'app-facts': null,
  'gateway-news': { seen: 0 },
  'gateway-restart': null,
  'log-folder-open': null,
  'export-save': { path: '/spend/export.csv' },
  'external-open': { url: 'https://example.org/' },
  'text-copy': { text: 'http://127.0.0.1:4000/v1' },
  'autostart-read': null,
  'autostart-write': { enabled: true },
  'update-choose': null,
  'notification-test': null,
  'theme-write': { choice: 'dark' },
  'support-preview': null,
  'support-save': null,
}

let page: StandInContents
let duties: RecordedDuties
let reports: string[]
let acts: string[]
const state: GatewayState = { kind: 'serving', baseUrl: 'http://127.0.0.1:4000', token: 'token-of-this-boot', pid: 4711 }

beforeEach(async () => {
  resetElectron()
  app.becomeReady()
  page = new StandInContents({})
  await page.loadURL('app://panel/ui/')
  duties = recordDuties()
  reports = []
  acts = []
})

const answersOf = (): Answers =>
  createAnswers({
    duties,
    supervisor: { restart: async () => void acts.push('restart') },
    news: createNewsDesk({ state, onChange: () => () => undefined }, 1),
    scheme: async () => new Response('a,b\n', { headers: { 'content-disposition': 'attachment; filename="spend.csv"' } }),
    openExternal: async (address) => {
      acts.push(`open ${address}`)
      return true
    },
    copyText: async (text) => void acts.push(`copy ${text}`),
  })
const listen = (changes: Partial<Answers> = {}): void =>
  handleChannels({ ...answersOf(), ...changes }, (channel, error) => reports.push(`${channel}: ${String(error)}`))
const ask = (channel: string, ...values: unknown[]): Promise<unknown> => ipcMain.invoke({ sender: page, frame: page.mainFrame }, channel, ...values)

describe('channels', () => {
  it('are fourteen, at most twenty, each answered once', () => {
    listen()
    expect(ipcMain.channels).toEqual(channelNames)
    expect(channelNames.length).toBeLessThanOrEqual(20)
    expect(Object.keys(meant)).toEqual(channelNames)
  })

  it.each(channelNames)('%s answers what is meant', async (channel) => {
    listen()
    expect(await ask(channel, meant[channel])).toMatchObject({ ok: true })
    expect(reports).toEqual([])
  })

  it('do what they are called', async () => {
    listen()
    for (const channel of channelNames) await ask(channel, meant[channel])
    expect(acts).toEqual(['restart', 'open https://example.org/', 'copy http://127.0.0.1:4000/v1'])
    expect(duties.done).toEqual(['log folder', 'save spend.csv', 'autostart?', 'autostart on', 'update', 'notification', 'theme dark', 'preview', 'bundle'])
    expect(await ask('gateway-news', { seen: 0 })).toEqual({ ok: true, value: { version: 1, state: { kind: 'serving', baseUrl: 'http://127.0.0.1:4000' } } })
  })
})

describe('senders', () => {
  const frames: readonly (readonly [string, () => StandInFrame | null])[] = [
    ['a frame within the panel', () => frameAt('app://panel/ui/', page.mainFrame)],
    ['a frame from elsewhere', () => frameAt('https://evil.example/', page.mainFrame)],
    ['a main frame from elsewhere', () => frameAt('https://evil.example/', null)],
    ['the gateway’s own address', () => frameAt('http://127.0.0.1:4000/ui/', null)],
    ['another host of the scheme', () => frameAt('app://other/ui/', null)],
    ['a frame with no address', () => frameAt('about:blank', null)],
    ['a data address', () => frameAt('data:text/html,x', null)],
    ['a file', () => frameAt('file:///tmp/x.html', null)],
    ['a frame that is gone', () => null],
  ]
  it.each(frames)('%s is refused on every channel, and nothing happens', async (_name, frame) => {
    listen()
    for (const channel of channelNames)
      expect(await ipcMain.invoke({ sender: page, frame: frame() }, channel, meant[channel]), channel).toMatchObject({ ok: false, error: { code: 'refused' } })
    expect([acts, duties.done]).toEqual([[], []])
  })

  it('a page that was destroyed is refused', async () => {
    listen()
    page.close()
    expect(await ask('app-facts', null)).toMatchObject({ ok: false, error: { code: 'refused' } })
  })
})

/** Anything that survives a structured clone, and things near to what is meant. */
const anything = fc.oneof(
  fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true, withTypedArray: true, maxDepth: 3 }),
  fc.constantFrom(...Object.values(meant)),
  fc.record(
    { path: fc.webPath(), url: fc.webUrl(), text: fc.string(), enabled: fc.boolean(), choice: fc.constantFrom('dark', 'x'), seen: fc.integer() },
    { requiredKeys: [] },
  ),
  fc.constantFrom(
    { __proto__: null },
    { constructor: 1 },
    JSON.parse('{"__proto__":{"ok":true}}') as unknown,
    [],
    [null],
    undefined,
    Number.NaN,
    'x'.repeat(70_000),
  ),
)

describe('arguments', () => {
  it.each(channelNames)(
    `%s survives ${callsPerChannel} fuzzed calls`,
    async (channel) => {
      listen()
      const outcomes = new Map<string, number>()
      await fc.assert(
        fc.asyncProperty(fc.array(anything, { maxLength: 3 }), async (values) => {
          const outcome = (await ask(channel, ...values)) as { ok: boolean; error?: { code: string; message: string; stack?: string } }
          const kind = outcome.ok ? 'ok' : (outcome.error?.code ?? 'none')
          outcomes.set(kind, (outcomes.get(kind) ?? 0) + 1)
          // A schema's refusal, a duty's refusal, or an answer; never a throw, never an inside.
          expect(['ok', 'invalid', 'refused']).toContain(kind)
          expect(JSON.stringify(outcome)).not.toMatch(/token-of-this-boot|\bat .*\.ts:|ZodError/)
          if (!outcome.ok) expect(Object.keys(outcome.error ?? {}).sort()).toEqual(['code', 'message'])
        }),
        { numRuns: callsPerChannel },
      )
      expect(reports).toEqual([])
      // The fuzz reaches both sides of the schema.
      expect(outcomes.get('ok') ?? 0).toBeGreaterThan(0)
      expect(outcomes.get('invalid') ?? 0).toBeGreaterThan(callsPerChannel / 4)
      expect(Object.prototype).not.toHaveProperty('ok')
    },
    fuzzTimeoutMs,
  )

  it('is one, and what it may be and no more', async () => {
    listen()
    for (const values of [[], [null, null], [undefined], [{}]]) expect(await ask('app-facts', ...values)).toMatchObject({ error: { code: 'invalid' } })
    expect(await ask('autostart-write', { enabled: true, also: 1 })).toMatchObject({ error: { code: 'invalid' } })
    expect(await ask('text-copy', { text: 'x'.repeat(65_537) })).toMatchObject({ error: { code: 'invalid' } })
    await expect(ask('no-such-channel', null)).rejects.toThrow('No handler registered')
  })
})

describe('outcomes', () => {
  it('an error of ours is a sentence, any other is reported and told only as a failure', async () => {
    listen({
      'log-folder-open': () => Promise.reject(new Refused('There is no log folder yet.')),
      'support-save': () => Promise.reject(new Error('EACCES /home-of-test/secret')),
    })
    expect(await ask('log-folder-open', null)).toEqual({ ok: false, error: { code: 'refused', message: 'There is no log folder yet.' } })
    expect(await ask('support-save', null)).toEqual({ ok: false, error: { code: 'failed', message: 'The app could not do this. Its log says why.' } })
    expect(reports).toEqual(['support-save: Error: EACCES /home-of-test/secret'])
  })

  it('a dialog is open once: more of the same are refused until it is answered', async () => {
    const { promise, resolve } = Promise.withResolvers<{ file: null }>()
    listen({ 'support-save': () => promise })
    const first = ask('support-save', null)
    const rest = await Promise.all(Array.from({ length: 20 }, () => ask('support-save', null)))
    for (const outcome of rest) expect(outcome).toMatchObject({ ok: false, error: { code: 'refused' } })
    resolve({ file: null })
    expect(await first).toEqual({ ok: true, value: { file: null } })
    expect(await ask('support-save', null)).toMatchObject({ ok: true })
  })
})
