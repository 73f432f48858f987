// The log of the gateway: lines from pieces, bounds, rotation, and a disk that fails.
// Promises: on a real folder. Leaves alone: what is logged.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createGatewayLog, type GatewayLog } from '../../../main/gateway/gateway-log.ts'

const limits = { logLinesMax: 5, logLineLengthMax: 20, logFileBytesMax: 100, logFilesMax: 3 }
let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'tollgate-log-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))
const open = (place = join(folder, 'logs')): GatewayLog => createGatewayLog({ folder: place, nowMs: () => 0, limits })
const read = (name: string): string => readFileSync(join(folder, 'logs', name), 'utf8')

describe('lines', () => {
  it('are made of pieces, whatever the pieces are', () => {
    const log = open()
    for (const piece of ['on', 'e\ntw', 'o\r\n', '\n', 'three']) log.write(piece)
    expect(log.lines()).toEqual(['one', 'two'])
    log.flush()
    expect(log.lines()).toEqual(['one', 'two', 'three'])
    expect(read('gateway.log')).toBe('one\ntwo\nthree\n')
  })

  it('are the newest only, and none is longer than its limit, also one that never ends', () => {
    const log = open()
    for (let index = 0; index < 9; index += 1) log.write(`line ${index}\n`)
    log.write('x'.repeat(1000))
    expect(log.lines()).toEqual(['line 5', 'line 6', 'line 7', 'line 8', 'x'.repeat(20)])
  })

  it("of the shell's own name the event, after what the gateway was saying", () => {
    const log = createGatewayLog({ folder: join(folder, 'logs'), nowMs: () => 0, limits: { ...limits, logLineLengthMax: 500 } })
    log.write('half a line')
    log.note('gateway-ended', { reason: 'It ended.' })
    expect(log.lines()).toEqual([
      'half a line',
      '{"time":"1970-01-01T00:00:00.000Z","level":"info","event":"gateway-ended","from":"shell","reason":"It ended."}',
    ])
  })
})

describe('files', () => {
  it('are given on when full, the oldest is given up, and nobody else reads them', () => {
    const log = open()
    for (let index = 0; index < 60; index += 1) log.write(`line number ${index}\n`)
    expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['gateway.1.log', 'gateway.2.log', 'gateway.log'])
    expect(read('gateway.log')).toMatch(/line number 59\n$/)
    const joined = ['gateway.2.log', 'gateway.1.log', 'gateway.log'].map(read).join('')
    const numbers = [...joined.matchAll(/\d+/g)].map(Number)
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, index) => 60 - numbers.length + index))
    for (const name of readdirSync(join(folder, 'logs'))) {
      const { size, mode } = statSync(join(folder, 'logs', name))
      expect(size).toBeLessThanOrEqual(limits.logFileBytesMax)
      if (process.platform !== 'win32') expect(mode & 0o077).toBe(0)
    }
    if (process.platform !== 'win32') expect(statSync(join(folder, 'logs')).mode & 0o077).toBe(0)
  })

  it('are gone on with by the next start', () => {
    open().write('before\n')
    open().write('after\n')
    expect(read('gateway.log')).toBe('before\nafter\n')
  })

  it('that cannot be written cost nothing but themselves', () => {
    writeFileSync(join(folder, 'logs'), 'a file where the folder should be')
    const log = open()
    log.write('kept in memory\n')
    expect(log.lines()).toEqual(['kept in memory'])
    rmSync(join(folder, 'logs'))
    log.write('and written again\n')
    expect(read('gateway.log')).toBe('and written again\n')
  })
})
