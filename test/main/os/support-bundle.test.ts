// The file for people who help. Promises: fifty planted secrets, not one in it; what was shown is what is written.

import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { GatewayState } from '../../../main/gateway/state.ts'
import { shellLimits } from '../../../main/os/limits.ts'
import { createLogs } from '../../../main/os/logs.ts'
import { createSupportDesk, type SupportDesk, type SupportParts } from '../../../main/os/support-bundle.ts'
import { createCanaries } from '../../kit/canaries.ts'
import { budgetAlert, createTurnedTimer, keyAlert, noAlerts, providerAlert, serving } from '../../kit/shell-parts.ts'

/** Built from pieces: this is nobody's machine. */
const ada = path.posix.join('/', 'home', 'ada')
let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'tollgate-logs-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const timer = createTurnedTimer()
const balanced: JsonObject = { checked_at: '2026-11-21T09:30:00.000Z', balanced: true, state: 'ok', violations: [] }
function desk(facts: Partial<SupportParts> = {}): SupportDesk {
  return createSupportDesk({
    facts: { version: '0.1.0', platform: 'linux', release: '6.1', arch: 'x64', runtimes: { electron: '45.4.1' } },
    known: { home: ada, user: 'ada', host: 'engine' },
    state: () => serving(),
    alerts: () => noAlerts,
    settings: () => ({}),
    logs: createLogs(folder),
    reads: { readReadiness: () => Promise.resolve({ status: 'healthy' }), verifyLedger: () => Promise.resolve(balanced) },
    timer,
    ...facts,
  })
}

test('fifty planted secrets: none is in it', async () => {
  const canaries = createCanaries()
  const mark = (what: string, start = ''): string => canaries.plant(what, start)
  const starts = ['sk-', 'sk-ant-', 'sk-tg-', 'AIza', 'ghp_', 'hf_', 'gsk_', 'xai-', 'nvapi-', 'npm_', '']
  const fields = ['api_key', 'password', 'authorization', 'secretAccessKey', 'x-api-key', 'Cookie', 'token', 'passphrase', 'client_secret', 'webhook']
  const contents = ['prompt', 'messages', 'content', 'input', 'instructions', 'completion', 'output', 'body', 'arguments']
  const token = mark('token of this boot')
  const names = [mark('key name'), mark('team name'), mark('provider title')]
  const lines = [
    ...starts.map((start) => `calling out with ${mark('bare', start)} failed`),
    ...fields.map((field) => JSON.stringify({ event: 'x', [field]: mark('field') })),
    ...fields.slice(0, 5).map((field) => `${field}: ${mark('header')}`),
    ...contents.map((field) => JSON.stringify({ event: 'x', inner: { [field]: `please read ${mark('prompt').replace('canary', 'canary ')} aloud` } })),
    ...contents.slice(0, 4).map((field) => `Error: bad ${field}: ${mark('prompt in text')}`),
    `https://user:${mark('password in an address')}@example.org/?key=${mark('key in an address')}`,
    `Bearer ${mark('bearer')}`,
    `{"cut off":"${mark('half a line')}`,
    `from ${mark('mail')}@example.org`,
    `/home/${mark('a home')}/x and C:\\Users\\${mark('a home')}\\x`,
    `eyJhbGciOiJIUzI1NiJ9.${mark('a web token')}.sig`,
  ]
  writeFileSync(path.join(folder, 'gateway.log'), `${lines.join('\n')}\n`)
  const alerts = {
    ...noAlerts,
    keys: [keyAlert({ name: names[0] ?? '' })],
    budgets: [budgetAlert({ name: names[1] ?? '' })],
    providers: [providerAlert({ title: names[2] ?? '' })],
  }
  const violations = [{ invariant: 'spend-adds-up', subject: mark('a subject'), detail: { key: mark('a detail') } }]
  const { text, parts } = await desk({
    state: () => ({ ...serving(), token }) as GatewayState,
    alerts: () => alerts,
    settings: () => ({ window: { width: 1 }, notices: { told: [mark('what was told')] } }),
    reads: {
      readReadiness: () => Promise.resolve({ status: 'healthy', apiKey: mark('in an answer') }),
      verifyLedger: () => Promise.resolve({ ...balanced, balanced: false, violations }),
    },
  }).prepare()
  expect(canaries.count).toBeGreaterThanOrEqual(50)
  expect(canaries.findIn('the bundle', text)).toEqual([])
  // The pieces that the search cannot know: names of people, and prompts with a space in the canary.
  expect(text).not.toMatch(/canary|please read/)
  expect(parts.map(({ name }) => name)).toEqual(['about.json', 'settings.json', 'gateway.json', 'ledger.json', 'gateway.log'])
  expect(JSON.parse(parts[3]?.text ?? '')).toMatchObject({ verified: { balanced: false, violations: 1, invariants: ['spend-adds-up'] } })
})

test('what helps is in it: versions, state, figures, the newest log lines', async () => {
  const line = JSON.stringify({ time: 't', level: 'error', event: 'upstream-failed', status: 502, requestId: 'req_01J9ZQ4V7K2M3N4P5Q6R7S8T9V' })
  writeFileSync(path.join(folder, 'gateway.log'), `${line}\n`)
  const { text, name } = await desk({ alerts: () => ({ ...noAlerts, providers: [providerAlert()] }) }).prepare()
  expect(name).toBe('tollgate-support-2026-11-21.txt')
  expect(text).toContain(line)
  for (const fact of ['"version": "0.1.0"', '"electron": "45.4.1"', '"state": "serving"', '"status": "healthy"', '"id": "openai"', '"balanced": true'])
    expect(text).toContain(fact)
})

test.each<[GatewayState, string]>([
  [{ kind: 'waiting', reason: `It ended with code 1 in ${ada}/x.`, retryAtMs: 1, crashes: 4 }, 'It ended with code 1 in ~/x.'],
  [{ kind: 'stopped', reason: null }, '"state": "stopped"'],
  [{ kind: 'port-taken', port: 4000, owner: 'node' }, '"port": 4000'],
])('a gateway that does not serve is told as it is: %o', async (state, words) => {
  const { text } = await desk({ state: () => state }).prepare()
  expect(text).toContain(words)
  expect(text).toContain('The gateway does not serve now.')
})

test('an answer that fails is told, and the rest is there', async () => {
  const fails = (): Promise<never> => Promise.reject(new Error('too slow'))
  const { parts } = await desk({ reads: { readReadiness: fails, verifyLedger: fails } }).prepare()
  expect(JSON.parse(parts[2]?.text ?? '')).toMatchObject({ readiness: 'too slow' })
  expect(JSON.parse(parts[3]?.text ?? '')).toEqual({ verified: null, why: 'too slow' })
})

test('what was shown is what is saved, for ten minutes', async () => {
  const log = path.join(folder, 'gateway.log')
  writeFileSync(log, 'first\n')
  const one = desk()
  const shown = await one.prepare()
  writeFileSync(log, 'second\n')
  expect(await one.current()).toBe(shown)
  await timer.pass(shellLimits.bundleKeptMs)
  expect((await one.current()).text).toContain('second')
})

test('of a long log the whole lines of its end are read, of the files written last', async () => {
  const long = Array.from({ length: 9000 }, (_, index) => `line ${String(index)} of a long log`)
  for (const [index, name] of ['gateway.log', 'gateway.1.log', 'gateway.2.log', 'gateway.3.log', 'other.txt'].entries()) {
    writeFileSync(path.join(folder, name), long.join('\n'))
    utimesSync(path.join(folder, name), 1000 - index, 1000 - index)
  }
  const tails = createLogs(folder).readTails()
  expect(tails.map(({ name }) => name)).toEqual(['gateway.log', 'gateway.1.log', 'gateway.2.log'])
  expect(tails[0]?.lines.at(-1)).toBe('line 8999 of a long log')
  expect(tails[0]?.lines.every((line) => /^line \d+ of a long log$/.test(line))).toBe(true)
  expect(Buffer.byteLength(tails[0]?.lines.join('\n') ?? '')).toBeLessThanOrEqual(shellLimits.logTailBytes)
  expect(readFileSync(path.join(folder, 'gateway.log'), 'utf8').length).toBeGreaterThan(shellLimits.logTailBytes)
  expect(createLogs(path.join(folder, 'none')).readTails()).toEqual([])
})
