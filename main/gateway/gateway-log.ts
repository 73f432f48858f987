// What the gateway prints: the last lines in memory, all of them in a rotating file.
// Promises: bounded in lines, line length, bytes and files; the file is its owner's alone; a disk that fails loses the file and nothing else.
// Leaves alone: what the lines say (the gateway's log holds no secret and no prompt).

import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { CareLimits } from './limits.ts'

export interface GatewayLog {
  /** Text as it comes; a line counts when it ends. */
  write(text: string): void
  /** A line of the shell's own about the gateway. */
  note(event: string, facts?: Readonly<Record<string, unknown>>): void
  /** What came without a line end becomes a line. */
  flush(): void
  /** The newest last. */
  lines(): readonly string[]
}

export interface GatewayLogOptions {
  /** `logs/` of the data folder; made when there is something to write. */
  readonly folder: string
  readonly nowMs: () => number
  readonly limits: Pick<CareLimits, 'logLinesMax' | 'logLineLengthMax' | 'logFileBytesMax' | 'logFilesMax'>
}

export const logFileName = 'gateway.log'

export function createGatewayLog({ folder, nowMs, limits }: GatewayLogOptions): GatewayLog {
  const kept: string[] = []
  const appendToFile = createRotatingFile(folder, limits)
  let open = ''
  const add = (lines: readonly string[]): void => {
    const capped = lines.filter((line) => line !== '').map((line) => line.slice(0, limits.logLineLengthMax))
    if (capped.length === 0) return
    kept.push(...capped)
    kept.splice(0, Math.max(0, kept.length - limits.logLinesMax))
    appendToFile(`${capped.join('\n')}\n`)
  }
  const flush = (): void => {
    const last = open
    open = ''
    add([last])
  }
  return {
    write(text) {
      const lines = (open + text).split(/\r?\n/)
      open = lines.pop() ?? ''
      add(lines)
      // A line that never ends is cut, not kept growing.
      if (open.length > limits.logLineLengthMax) flush()
    },
    note(event, facts = {}) {
      flush()
      add([JSON.stringify({ time: new Date(nowMs()).toISOString(), level: 'info', event, from: 'shell', ...facts })])
    },
    flush,
    lines: () => [...kept],
  }
}

/** `gateway.log`, then `gateway.1.log` and so on, the oldest given up. */
function createRotatingFile(folder: string, { logFileBytesMax, logFilesMax }: GatewayLogOptions['limits']): (text: string) => void {
  const path = join(folder, logFileName)
  const older = (index: number): string => join(folder, `gateway.${index}.log`)
  let bytes: number | null = null
  const rotate = (): void => {
    rmSync(older(logFilesMax - 1), { force: true })
    for (let index = logFilesMax - 2; index >= 1; index -= 1) moveIfThere(older(index), older(index + 1))
    moveIfThere(path, older(1))
  }
  return (text) => {
    try {
      const length = Buffer.byteLength(text)
      if (bytes === null) mkdirSync(folder, { recursive: true, mode: 0o700 })
      bytes ??= sizeOf(path)
      if (bytes > 0 && bytes + length > logFileBytesMax) {
        rotate()
        bytes = 0
      }
      appendFileSync(path, text, { mode: 0o600 })
      bytes += length
    } catch {
      // A full or lost disk: the lines are still in memory, and the next one tries again.
      bytes = null
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function moveIfThere(from: string, to: string): void {
  if (statSync(from, { throwIfNoEntry: false }) !== undefined) renameSync(from, to)
}
