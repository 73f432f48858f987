// A log line is one line of JSON that cannot forge another line, reach a terminal, or carry a secret.
// Randomised: fast-check prints the seed of a failure, `fc.assert(…, { seed })` replays it.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { content, secret } from '../../../gateway/contract/sealed.ts'
import { createLog, errorFacts, type Log } from '../../../gateway/kit/log.ts'

function createRecorder(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = []
  return {
    lines,
    log: createLog(
      (line) => lines.push(line),
      () => Date.UTC(2026, 10, 21),
    ),
  }
}

test('any text stays inside one line of printable JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const { log, lines } = createRecorder()
      log('info', 'tried', { text })
      expect(lines.join('').replace(/\n$/, '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/)
      expect(JSON.parse(lines.join(''))).toMatchObject({ level: 'info', event: 'tried', time: '2026-11-21T00:00:00.000Z' })
    }),
  )
})

test('a forged line break and a terminal escape arrive as text', () => {
  const { log, lines } = createRecorder()
  log('warn', 'odd', { model: 'x\n{"level":"error"}\u001b[2J\u009b31m' })
  expect(lines).toHaveLength(1)
  expect(lines[0]?.match(/\n/g)).toHaveLength(1)
  expect(lines[0]).toContain(String.raw`x\n{\"level\":\"error\"}\u001b[2J 31m`)
})

test('texts are capped', () => {
  const { log, lines } = createRecorder()
  log('info', 'long', { text: 'a'.repeat(5000) })
  expect(JSON.parse(lines.join(''))).toMatchObject({ text: 'a'.repeat(2000) })
})

test('secrets and bodies print as [redacted], at any depth', () => {
  const { log, lines } = createRecorder()
  log('error', 'leak', { key: secret('sk-very-secret'), nested: [{ body: content({ prompt: 'private' }) }] })
  expect(lines.join('')).not.toMatch(/sk-very-secret|private/)
  expect(JSON.parse(lines.join(''))).toMatchObject({ key: '[redacted]', nested: [{ body: '[redacted]' }] })
})

test('amounts print as whole numbers in text', () => {
  const { log, lines } = createRecorder()
  log('info', 'cost', { nano: 12_345_678_901_234_567_890n })
  expect(lines.join('')).toContain('"nano":"12345678901234567890"')
})

test('an error shows its name, message and cause, never its fields', () => {
  const error = Object.assign(new TypeError('bad', { cause: new Error('deeper') }), { apiKey: 'sk-very-secret' })
  expect(errorFacts(error)).toMatchObject({ error: 'TypeError: bad', cause: 'Error: deeper' })
  expect(JSON.stringify(errorFacts(error))).not.toContain('sk-very-secret')
  expect(errorFacts('just text')).toEqual({ error: 'just text' })
})
