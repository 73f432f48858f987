// One start for the command line and for the desktop shell's child: configure, compose, listen.
// Promises: what was opened before a failed start is closed again; the end waits for no keychain call that never returned.
// Leaves alone: who asked for it (run.ts, run-child.ts), what a failure is called (start-failure.ts).

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { compose as Compose, Surroundings } from './compose.ts'
import type { Gateway } from './compose-life.ts'
import { toGatewayConfig, type Launch } from './config.ts'
import type { FileConfig } from './contract/config.ts'
import { StartRefusal } from './intake/start-checks.ts'
import { systemClock } from './kit/clock.ts'
import { openBooks, type Books } from './open-books.ts'

/** Whoever supervises the gateway starts it again, and that start recovers. */
export const fatalExit = 70

export async function start(launch: Launch, around: Omit<Surroundings, 'clock' | 'readVariable'>): Promise<Gateway> {
  const file = launch.configPath === null ? null : await readFile(launch.configPath, launch)
  const config = toGatewayConfig(launch, file, { ...folders(), version: readVersion() })
  const books = openBooks(config, around)
  // Loading all the rest takes as long as opening the ledger does; a folder that is in use is told without waiting for it.
  const { compose } = await Promise.race([loadCompose(books), failureOf(books)])
  const gateway = await compose(config, { ...around, readVariable: launch.readVariable, clock: systemClock }, books)
  try {
    await gateway.listen()
  } catch (error) {
    await gateway.close(0)
    throw error
  }
  return gateway
}

/** @throws StartRefusal when a file of the program's own cannot be loaded */
async function loadCompose(books: Promise<Books>): Promise<{ readonly compose: typeof Compose }> {
  try {
    return await import('./compose.ts')
  } catch (error) {
    await shut(books)
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartRefusal(`Tollgate’s own files are incomplete or damaged (${reason}). Install it again; your data folder is not touched by that.`, {
      cause: error,
    })
  }
}

/** Never resolves: rejects when they cannot be opened. */
const failureOf = async (books: Promise<Books>): Promise<never> =>
  new Promise((_resolve, reject) => {
    books.catch(reject)
  })

/** Threads that stay open would keep a failed start from ending. */
async function shut(books: Promise<Books>): Promise<void> {
  const opened = await books.catch(() => null)
  await opened?.ledger.close()
  opened?.release()
}

/**
 * A keychain call that never returned would also hold up a normal exit. What follows a call of this must be harmless: in Electron's utility
 * process `process.exit` returns (github.com/electron/electron/issues/44174, as known 2026-11-21).
 */
export function leave(gateway: Gateway | null, code: number): void {
  if (gateway?.hasPendingVaultCalls() === true) process.kill(process.pid, 'SIGKILL')
  process.exit(code)
}

/** Loaded only when there is a file: the YAML reader costs memory that most starts do not need. */
async function readFile(path: string, { readVariable, acceptUnsupported }: Launch): Promise<FileConfig> {
  const { readConfigFile } = await import('./intake/read-config-file.ts')
  return readConfigFile(path, { readVariable, acceptUnsupported })
}

/** The same relative places from the sources and from the built bundle. */
function folders(): { panelDir: string; resourcesDir: string } {
  const root = rootFolder()
  return { panelDir: join(root, 'dist', 'panel'), resourcesDir: join(root, 'resources') }
}

export function readVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(join(rootFolder(), 'package.json'), 'utf8'))
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : '0'
}

function rootFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  return import.meta.url.endsWith('.ts') ? join(here, '..') : join(here, '..', '..')
}
