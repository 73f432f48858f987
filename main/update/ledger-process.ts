// Runs the ledger's command in a utility process: the packed app has no Node to run it with.
// Promises: gives what it said and its exit code once it is gone, whatever it does, within a time limit; the given environment, no secrets anywhere.
// Leaves alone: what the command does. Source: https://www.electronjs.org/docs/latest/api/utility-process, as known 2026-11-21.

import type { EventEmitter } from 'node:events'
import { StringDecoder } from 'node:string_decoder'
import { parseLedgerAnswer } from '../../gateway/contract/ledger-answer.ts'
import { endNow } from '../gateway/utility-fork.ts'
import type { LedgerCommand } from './ledger-care.ts'
import { killWaitMs } from './limits.ts'

/** The part of Electron's utility process that is used here. */
export interface CommandProcess extends Pick<EventEmitter, 'once'> {
  readonly pid?: number | undefined
  readonly stdout: NodeJS.ReadableStream | null
  readonly stderr: NodeJS.ReadableStream | null
}
export interface LedgerProcess {
  /** `utilityProcess.fork` */
  readonly fork: (entry: string, parameters: string[], options: { env: Record<string, string>; stdio: ['ignore', 'pipe', 'pipe'] }) => CommandProcess
  /** `dist/gateway/ledger-command.mjs` of the app. */
  readonly entry: string
  readonly dataDir: string
  /** All that the command gets of one. Electron takes an empty one for the shell's own (electron_api_utility_process.cc, WithEnvironment). */
  readonly environment: Readonly<Record<string, string>>
  /** Then it is ended. */
  readonly timeoutMs: number
}
type Ended = Awaited<ReturnType<LedgerCommand>>

export function createLedgerCommand({ fork, entry, dataDir, environment, timeoutMs }: LedgerProcess): LedgerCommand {
  return async (...parameters) => {
    const child = fork(entry, [...parameters, '--data-dir', dataDir], { env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'] })
    return await attend(child, timeoutMs)
  }
}

/** Until it is gone: what it had open is free then. */
async function attend(child: CommandProcess, timeoutMs: number): Promise<Ended> {
  const printed = gather(child)
  return await new Promise((resolve) => {
    let ended: Ended | null = null
    const leave = (code: number): void => {
      clearTimeout(timer)
      // A command that did all it should has said so.
      resolve(ended ?? { code: code || 1, printed: printed() })
    }
    const tooLate = (): void => {
      ended ??= { code: 1, printed: `${printed()}The ledger's command did not end in the time it has, and was ended.` }
      endNow(child)
      timer = setTimeout(() => leave(1), killWaitMs)
    }
    let timer = setTimeout(tooLate, timeoutMs)
    child.once('message', (message: unknown) => {
      ended ??= understand(message)
      clearTimeout(timer)
      timer = setTimeout(tooLate, killWaitMs)
    })
    child.once('exit', (code: number | null) => leave(code ?? 1))
  })
}

function understand(message: unknown): Ended {
  try {
    const { code, printed } = parseLedgerAnswer(message)
    return { code, printed }
  } catch {
    // What it was is none of the contract's, and so it says nothing of the ledger.
    return { code: 1, printed: "The ledger's command gave an answer that cannot be read." }
  }
}

/** As it comes: Electron takes the listeners off both streams right after the exit (lib/browser/api/utility-process.ts), so that no end is told. */
function gather({ stdout, stderr }: CommandProcess): () => string {
  const pieces: string[] = []
  for (const stream of [stdout, stderr]) {
    const decoder = new StringDecoder('utf8')
    stream?.on('data', (bytes: Buffer) => pieces.push(decoder.write(bytes)))
  }
  return () => pieces.join('')
}
