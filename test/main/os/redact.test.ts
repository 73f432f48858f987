// Credentials, people and places come out of text. Promises: cases by shape; what is no secret stays readable. Leaves alone: whole bundles (support-bundle.test.ts).

import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { hideSecrets, redact, type KnownFacts } from '../../../main/os/redact.ts'
import { redactLogLine } from '../../../main/os/redact-log.ts'

/** Built from pieces: these are nobody's machines. */
const homeOf = (name: string): string => path.posix.join('/', 'home', name)
const macHome = path.posix.join('/', 'Users', 'grace')
const windowsHome = ['C:', 'Users', 'Ada'].join('/')

const known: KnownFacts = { home: homeOf('ada'), user: 'ada', host: 'ada-laptop', secrets: ['boot-token-1'] }
const windows: KnownFacts = { ...known, home: String.raw`C:\Users\Ada` }

describe('credentials', () => {
  test.each([
    ['Authorization: Bearer abcdef123456', 'abcdef123456'],
    ['authorization: Basic dXNlcjpwYXNz', 'dXNlcjpwYXNz'],
    ['{"api_key":"short-one"}', 'short-one'],
    [String.raw`{\"api_key\":\"short-one\"}`, 'short-one'],
    ["password='with space and more'", 'with space'],
    ['AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG', 'wJalrX'],
    ['x-api-key: abc.def', 'abc.def'],
    ['Cookie: tollgate_session=abc; other=1', 'tollgate_session=abc'],
    ['--admin-key hunter2hunter2', 'hunter2'],
    ['https://user:hunter2@example.org/v1', 'hunter2'],
    ['https://token@example.org/v1', 'token@'],
    ['https://example.org/v1?key=AIzaNope&alt=sse', 'AIzaNope'],
    ['https://example.org/blob?sv=1&sig=abc%2Fdef', 'abc%2F'],
    ['sk-proj-abc123', 'abc123'],
    ['sk-ant-api03-xyz987', 'xyz987'],
    ['AKIAIOSFODNN7EXAMPLE', 'IOSFODNN'],
    ['ghp_0123456789abcdef', '0123456789'],
    ['hf_abcdefghij', 'abcdefghij'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'eyJzdWIi'],
    ['-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----', 'MIIEvQ'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEvQ cut off', 'MIIEvQ'],
    ['AWS4-HMAC-SHA256 Credential=AKID/20261121, Signature=fe5f80', 'fe5f80'],
    ['a 4f3c2b1a4f3c2b1a4f3c2b1a4f3c2b1a run', '4f3c2b1a'],
  ])('%s', (text, secret) => {
    expect(text).toContain(secret)
    expect(hideSecrets(text)).not.toContain(secret)
  })

  test.each([
    'The gateway ended by itself (code 1).',
    'request req_01J9ZQ4V7K2M3N4P5Q6R7S8T9V took 12 ms',
    '{"promptTokens":120,"event":"request-end","status":200}',
    'http://127.0.0.1:4000/v1/chat/completions',
    'gateway/ledger/writer-thread.ts:120:14',
    'Port 4000 is taken by node (pid 812)',
    '2026-11-21T09:30:00.000Z',
  ])('%s stays', (text) => {
    expect(redact(text, known)).toBe(text)
  })
})

describe('people and places', () => {
  test.each([
    [`${homeOf('ada')}/.local/share/tollgate/ledger.db`, '~/.local/share/tollgate/ledger.db'],
    [`file://${homeOf('grace')}/x.ts:1`, 'file://~/x.ts:1'],
    [`${macHome}/Library`, '~/Library'],
    ['mail ada.lovelace+1@example.co.uk now', 'mail [e-mail] now'],
    ['user ada on ada-laptop', 'user [user] on [host]'],
    ['Canada and adamant stay', 'Canada and adamant stay'],
    ['token boot-token-1 is', 'token [token] is'],
  ])('%s', (text, expected) => {
    expect(redact(text, known)).toBe(expected)
  })

  test.each([
    String.raw`C:\Users\Ada\AppData`,
    String.raw`C:\\Users\\Ada\\AppData`,
    `${windowsHome}/AppData`,
    `file:///${windowsHome}/x`,
    String.raw`D:\Users\Grace\x`,
  ])('%s', (text) => {
    expect(redact(text, windows)).not.toMatch(/Ada|Grace/)
  })
})

describe('log lines', () => {
  test('fields that hold what people wrote go, others stay', () => {
    const line = JSON.stringify({
      time: '2026-11-21T09:30:00.000Z',
      level: 'warn',
      event: 'x',
      messages: [{ role: 'user', content: 'tell me a secret' }],
      deep: { input: 'my prompt', apiKey: 'plain', promptTokens: 12 },
      list: [{ text: 'a completion' }],
    })
    expect(JSON.parse(redactLogLine(line, known))).toEqual({
      time: '2026-11-21T09:30:00.000Z',
      level: 'warn',
      event: 'x',
      messages: '[content]',
      deep: { input: '[content]', apiKey: '[secret]', promptTokens: 12 },
      list: [{ text: '[content]' }],
    })
  })

  test.each(['failed on prompt: tell me everything', `{"messages":[{"content":"tell me everything`, `body = tell me everything`])('%s', (line) => {
    expect(redactLogLine(line, known)).not.toContain('tell me')
  })

  const prompt = { model: 'm', messages: [{ role: 'user', content: 'tell me everything' }] }
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['a budget of a user', { event: 'admin-change', action: 'budget-set', subject: 'user maria.schmidt' }, /maria|schmidt/],
    ['a budget of a member', { event: 'admin-change', action: 'budget-delete', subject: 'member 7/maria.schmidt' }, /maria|schmidt/],
    ['a credential', { event: 'admin-change', action: 'credential-save', subject: 'Maria Schmidt at OpenAI' }, /Maria|Schmidt|at OpenAI/],
    ['a team', { event: 'admin-change', action: 'team-new', subject: 'schmidts' }, /schmidts/],
    ['who changed it', { event: 'admin-change', action: 'key-block', subject: 'x', changedBy: 'maria.schmidt' }, /maria|schmidt/],
    ['a request in a message', { event: 'x', error: `400 ${JSON.stringify(prompt)}` }, /tell me|everything/],
    ['a request in a message of several lines', { event: 'x', error: `400\n${JSON.stringify(prompt, null, 2)}` }, /tell me|everything/],
    ['a request in JSON in a message', { event: 'x', deep: [{ error: JSON.stringify({ raw: JSON.stringify(prompt) }) }] }, /tell me|everything/],
    ['a prompt in a message', { event: 'x', why: 'failed on prompt: tell me\neverything' }, /tell me|everything/],
  ])('%s is in no line', (_what, line, words) => {
    expect(JSON.stringify(line)).toMatch(words)
    const redacted = redactLogLine(JSON.stringify(line), known)
    expect(redacted).not.toMatch(words)
    expect(JSON.parse(redacted)).toMatchObject({ event: line['event'] })
  })

  test.each([
    ['budget-set', 'user maria.schmidt', 'user'],
    ['budget-set', 'global ', 'global'],
    ['ledger-compact', '4096 bytes', '4096 bytes'],
    ['prices-import', 'version 12', 'version 12'],
    ['credential-renew', 'ours', '[name]'],
  ])('what was changed stays: %s of %s', (action, subject, kept) => {
    const line = { event: 'admin-change', action, subject, changedBy: null, requestId: 'req_01J9ZQ4V7K2M3N4P5Q6R7S8T9V' }
    expect(JSON.parse(redactLogLine(JSON.stringify(line), known))).toEqual({ ...line, subject: kept })
  })

  test('a line is bounded, however deep or long', () => {
    const deep = `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`
    expect(redactLogLine(deep, known).length).toBeLessThanOrEqual(2000)
    expect(redactLogLine('word '.repeat(100_000), known).length).toBeLessThanOrEqual(2000)
  })
})
