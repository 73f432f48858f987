// The life of one gateway process started by a person or a service: start, say where it is; then wait to be told to stop.
// Promises: the second signal ends it at once, holds stay open and the next start settles them; a hanging keychain cannot keep it alive.
// Leaves alone: what the parts do.

import type { Gateway } from './compose-life.ts'
import { defaultLimits, readLaunch, type Launch } from './config.ts'
import { helpText } from './help.ts'
import { systemClock } from './kit/clock.ts'
import { emptyCrashTraces } from './kit/crash-traces.ts'
import { createLog, errorFacts, type Log } from './kit/log.ts'
import { toFailure } from './start-failure.ts'
import { fatalExit, leave, readVersion, start } from './start.ts'
import { createAskSecret } from './terminal.ts'

export async function run(): Promise<void> {
  // Files the gateway makes are its owner's alone.
  process.umask(0o077)
  emptyCrashTraces()
  const log = createLog((line) => process.stderr.write(line), systemClock.nowMs)
  try {
    const launch = readLaunch()
    if (launch.kind === 'help') return void process.stdout.write(helpText)
    if (launch.kind === 'version') return void process.stdout.write(`${readVersion()}\n`)
    await serve(launch, log)
  } catch (error) {
    process.stderr.write(`${toFailure(error, { log, port: null }).sentence}\n`)
    process.exitCode = 1
  }
}

async function serve(launch: Launch, log: Log): Promise<void> {
  const askSecret = createAskSecret({ input: process.stdin, output: process.stdout, interrupt: () => process.kill(process.pid, 'SIGINT') })
  const gateway = await start(launch, { log, askSecret, onFatal: (sentence) => giveUp(sentence, log) })
  for (const line of gateway.greeting(process.stdout.isTTY)) process.stdout.write(`${line}\n`)
  stopOnSignal(gateway, { drainMs: defaultLimits.shutdownDrainMs, log })
}

function giveUp(sentence: string, log: Log): void {
  log('error', 'fatal', { sentence })
  process.stderr.write(`${sentence}\n`)
  process.exit(fatalExit)
}

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
