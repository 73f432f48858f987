// What passes between the shell and the gateway is parsed on both sides; what is none of it is refused, whatever it is.
// Randomised: fast-check prints the seed of a failure, `fc.assert(…, { seed })` replays it.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseGatewayMessage, parseShellMessage, variableLengthMax, variablesMax } from '../../../gateway/contract/shell.ts'

const options = { port: 4000, dataDir: '/data', configPath: null }
const launch = { kind: 'launch', options, variables: { NAME: 'value' } }
const ready = { kind: 'ready', baseUrl: 'http://127.0.0.1:4000', token: 'a'.repeat(43) }

describe('to the gateway', () => {
  it.each([launch, { ...launch, options: { port: null, dataDir: null, configPath: null } }, { kind: 'stop', drainMs: 0 }])('%o is understood', (message) => {
    expect(parseShellMessage(message)).toEqual(message)
  })

  it.each([
    { ...launch, options: { ...options, port: 70_000 } },
    { ...launch, options: { ...options, port: '4000' } },
    { ...launch, options: { ...options, adminKey: 'sk-1' } },
    { ...launch, options: { ...options, dataDir: '' } },
    { ...launch, variables: { NAME: 7 } },
    { ...launch, variables: { NAME: 'x'.repeat(variableLengthMax + 1) } },
    { ...launch, variables: Object.fromEntries(Array.from({ length: variablesMax + 1 }, (_, index) => [`N${index}`, 'x'])) },
    { kind: 'stop' },
    { kind: 'stop', drainMs: -1 },
    { kind: 'stop', drainMs: 1.5 },
    ready,
  ])('case %# is refused', (message) => {
    expect(() => parseShellMessage(message)).toThrow()
  })

  it('a refusal does not say what was in it', () => {
    const secret = 'sk-planted-secret-value'
    const wrong = { ...launch, options: { ...options, port: secret }, variables: { NAME: [secret] }, more: secret }
    expect(() => parseShellMessage(wrong)).toThrow(expect.not.objectContaining({ message: expect.stringContaining(secret) as string }))
  })
})

describe('to the shell', () => {
  it.each([ready, { kind: 'health', running: 3 }, { kind: 'failed', code: 'port-taken', sentence: 'Taken.', port: 4000 }])('%o is understood', (message) => {
    expect(parseGatewayMessage(message)).toEqual(message)
  })

  it.each([
    { ...ready, baseUrl: 'https://evil.example' },
    { ...ready, baseUrl: 'file:///etc/passwd' },
    { ...ready, token: 'short' },
    { kind: 'health', running: -1 },
    { kind: 'health' },
    { kind: 'failed', code: 'other', sentence: 'x' },
    { kind: 'failed', code: 'tired', sentence: 'x', port: null },
    launch,
  ])('case %# is refused', (message) => {
    expect(() => parseGatewayMessage(message)).toThrow()
  })
})

it('nothing else is understood by either', () => {
  fc.assert(
    fc.property(fc.anything(), (message) => {
      expect(() => parseShellMessage(message)).toThrow()
      expect(() => parseGatewayMessage(message)).toThrow()
    }),
  )
})
