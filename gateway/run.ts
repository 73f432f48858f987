// The life of one gateway process: configure, compose, listen, say where it is; then wait to be told to stop.
// Promises: the second signal ends it at once, holds stay open and the next start settles them; a hanging keychain cannot keep it alive.
// Leaves alone: what the parts do.

import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compose, type Gateway } from './compose.ts'
import { readLaunch, readVariable, StartRefusal, toGatewayConfig, type Launch } from './config.ts'
import type { FileConfig } from './contract/config.ts'
import { helpText } from './help.ts'
import { ConfigRefusal } from './intake/config-refusal.ts'
import { systemClock } from './kit/clock.ts'
import { createLog, errorFacts, type Log } from './kit/log.ts'
import { createAskSecret } from './terminal.ts'

export async function run(): Promise<void> {
  // Files the gateway makes are its owner's alone.
  process.umask(0o077)
  const log = createLog((line) => process.stderr.write(line), systemClock.nowMs)
  try {
    const launch = readLaunch()
    if (launch.kind === 'help') return void process.stdout.write(helpText)
    if (launch.kind === 'version') return void process.stdout.write(`${readVersion()}\n`)
    await serve(launch, log)
  } catch (error) {
    process.stderr.write(`${sentenceFor(error, log)}\n`)
    process.exitCode = 1
  }
}

async function serve(launch: Launch, log: Log): Promise<void> {
  const file = launch.configPath === null ? null : await readFile(launch.configPath, launch)
  const config = toGatewayConfig(launch, file, { ...folders(), version: readVersion() })
  const askSecret = createAskSecret({ input: process.stdin, output: process.stdout, interrupt: () => process.kill(process.pid, 'SIGINT') })
  const gateway = await compose(config, { log, readVariable, askSecret, clock: systemClock, onFatal: (sentence) => giveUp(sentence, log) })
  try {
    await gateway.listen()
  } catch (error) {
    await gateway.close(0)
    throw error
  }
  for (const line of gateway.greeting(process.stdout.isTTY)) process.stdout.write(`${line}\n`)
  stopOnSignal(gateway, { drainMs: config.limits.shutdownDrainMs, log })
}

/** Loaded only when there is a file: the YAML reader costs memory that most starts do not need. */
async function readFile(path: string, launch: Launch): Promise<FileConfig> {
  const { readConfigFile } = await import('./intake/read-config-file.ts')
  return readConfigFile(path, { readVariable, acceptUnsupported: launch.acceptUnsupported })
}

/** Whoever supervises the gateway starts it again, and that start recovers. */
function giveUp(sentence: string, log: Log): void {
  log('error', 'fatal', { sentence })
  process.stderr.write(`${sentence}\n`)
  process.exit(fatalExit)
}
const fatalExit = 70

function stopOnSignal(gateway: Gateway, options: { drainMs: number; log: Log }): void {
  let stopping = false
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.kill(process.pid, 'SIGKILL')
    stopping = true
    options.log('info', 'stopping', { signal })
    void gateway.close(options.drainMs).then(
      () => leave(gateway, 0),
      (error: unknown) => {
        options.log('error', 'stop-failed', errorFacts(error))
        leave(gateway, 1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
  process.on('uncaughtException', (error) => {
    options.log('error', 'uncaught', errorFacts(error))
    process.exit(fatalExit)
  })
}

/** A keychain call that never returned would also hold up a normal exit. */
function leave(gateway: Gateway, code: number): void {
  if (gateway.hasPendingVaultCalls()) process.kill(process.pid, 'SIGKILL')
  process.exit(code)
}

function sentenceFor(error: unknown, log: Log): string {
  if (error instanceof StartRefusal || error instanceof ConfigRefusal) return error.message
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'EADDRINUSE') return 'The port is already taken. Choose another with --port, or stop the program that uses it.'
  if (code === 'EACCES') return 'This user may not listen on that port or write to that folder. Choose a port above 1023 and a data folder of your own.'
  if (code === 'EEXIST' || code === 'ENOTDIR') return 'The data folder cannot be made, because a file stands in its place. Choose another with --data-dir.'
  if (code === 'EADDRNOTAVAIL') return 'This computer does not have the address given with --host.'
  if (error instanceof Error && error.name !== 'Error' && error.name !== 'TypeError') return error.message
  log('error', 'start-failed', errorFacts(error))
  return error instanceof Error ? error.message : 'Tollgate could not start.'
}

/** The same relative places from the sources and from the built bundle. */
function folders(): { panelDir: string; resourcesDir: string } {
  const here = dirname(fileURLToPath(import.meta.url))
  const root = import.meta.url.endsWith('.ts') ? join(here, '..') : join(here, '..', '..')
  return { panelDir: join(root, 'dist', 'panel'), resourcesDir: join(root, 'resources') }
}

function readVersion(): string {
  const here = dirname(fileURLToPath(import.meta.url))
  const root = import.meta.url.endsWith('.ts') ? join(here, '..') : join(here, '..', '..')
  const parsed: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : '0'
}
