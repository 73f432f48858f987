// Runs the ledger's command in a utility process: the packed app has no Node to run it with.
// Promises: gives what it printed and its exit code; a minimal environment, and no secrets anywhere. Leaves alone: what the command does.

import type { EventEmitter } from 'node:events'
import type { LedgerCommand } from './ledger-care.ts'

/** The part of Electron's utility process that is used here. */
export interface CommandProcess extends Pick<EventEmitter, 'once'> {
  readonly stdout: NodeJS.ReadableStream | null
  readonly stderr: NodeJS.ReadableStream | null
}
export interface LedgerProcess {
  /** `utilityProcess.fork` */
  readonly fork: (entry: string, parameters: string[], options: { env: Record<string, string>; stdio: ['ignore', 'pipe', 'pipe'] }) => CommandProcess
  /** `dist/gateway/ledger-command.mjs` of the app. */
  readonly entry: string
  readonly dataDir: string
}

export function createLedgerCommand({ fork, entry, dataDir }: LedgerProcess): LedgerCommand {
  return async (...parameters) => {
    const child = fork(entry, [...parameters, '--data-dir', dataDir], { env: {}, stdio: ['ignore', 'pipe', 'pipe'] })
    const ended = new Promise<number>((resolve) => child.once('exit', (code: number | null) => resolve(code ?? 1)))
    const [code, said, complained] = await Promise.all([ended, readAll(child.stdout), readAll(child.stderr)])
    return { code, printed: said + complained }
  }
}

async function readAll(stream: NodeJS.ReadableStream | null): Promise<string> {
  const pieces: string[] = []
  if (stream !== null) for await (const piece of stream.setEncoding('utf8')) pieces.push(String(piece))
  return pieces.join('')
}
