// The life of the gateway below a desktop shell: it is told what to be, says that it is ready and, every two seconds, alive; it ends when told to.
// Promises: the token is made here, leaves over the port alone and dies with the process; a stop before ready is obeyed, a second one can
// only shorten the first; without a shell it does not stay.
// Leaves alone: starting again (main/gateway/supervisor.ts), what the parts do.

import { randomBytes } from 'node:crypto'
import type { Gateway } from './compose-life.ts'
import { defaultLimits, toShellLaunch } from './config.ts'
import { secret } from './contract/sealed.ts'
import { failureSentenceMax, healthEveryMs, parseShellMessage, type GatewayFailure, type GatewayMessage, type LaunchMessage } from './contract/shell.ts'
import { systemClock } from './kit/clock.ts'
import { emptyCrashTraces } from './kit/crash-traces.ts'
import { createLog, errorFacts, type Log } from './kit/log.ts'
import { toBase62 } from './kit/virtual-key.ts'
import type { ShellPort } from './shell-port.ts'
import { toFailure } from './start-failure.ts'
import { fatalExit, leave, start } from './start.ts'

const tokenBytes = 32

interface Life {
  readonly port: ShellPort
  readonly log: Log
  /** null until it listens. */
  gateway: Gateway | null
  launched: boolean
  /** Being told to stop, with so much time. */
  stopping: boolean
}

export function runChild(port: ShellPort): void {
  // Files the gateway makes are its owner's alone.
  process.umask(0o077)
  emptyCrashTraces()
  const log = createLog((line) => process.stderr.write(line), systemClock.nowMs)
  const life: Life = { port, log, gateway: null, launched: false, stopping: false }
  port.onMessage((message) => obey(life, message))
  port.onClose(() => stop(life, orphanDrainMs))
  process.on('SIGTERM', () => stop(life, defaultLimits.shutdownDrainMs))
  process.on('SIGINT', () => stop(life, defaultLimits.shutdownDrainMs))
  process.on('uncaughtException', (error) => {
    log('error', 'uncaught', errorFacts(error))
    void fail(life, { code: 'other', sentence: `An error nobody expected ended the gateway: ${error.message}`, port: null }, fatalExit)
  })
  setInterval(() => say(life, { kind: 'health', running: life.gateway?.running ?? 0 }), healthEveryMs)
}

/** The shell is gone and may be back soon: the folder must be free by then. */
const orphanDrainMs = 5000

function obey(life: Life, received: unknown): void {
  const message = parseShellMessage(received)
  if (message.kind === 'stop') stop(life, message.drainMs)
  else if (!life.launched) {
    life.launched = true
    void launch(life, message)
  }
}

async function launch(life: Life, message: LaunchMessage): Promise<void> {
  const { log } = life
  const token = secret(toBase62(randomBytes(tokenBytes)))
  let port: number | null = null
  try {
    const wanted = toShellLaunch(message)
    port = wanted.port
    life.gateway = await start(wanted, { log, bootToken: token, onFatal: (sentence) => giveUp(life, sentence) })
  } catch (error) {
    return await fail(life, toFailure(error, { log, port }), 1)
  }
  if (life.stopping) return close(life.gateway, { log, drainMs: 0 })
  for (const line of life.gateway.greeting(false)) process.stdout.write(`${line}\n`)
  say(life, { kind: 'ready', baseUrl: life.gateway.localOrigin, token: token.open() })
}

function stop(life: Life, drainMs: number): void {
  const { gateway, log } = life
  const again = life.stopping
  life.stopping = true
  if (!life.launched) return leave(null, 0)
  // Not there yet: whoever starts it closes it.
  if (gateway === null) return
  if (again) setTimeout(() => gateway.cut(), drainMs)
  else close(gateway, { log, drainMs })
}

function close(gateway: Gateway, { log, drainMs }: { readonly log: Log; readonly drainMs: number }): void {
  log('info', 'stopping', { drainMs })
  void gateway.close(drainMs).then(
    () => leave(gateway, 0),
    (error: unknown) => {
      log('error', 'stop-failed', errorFacts(error))
      leave(gateway, 1)
    },
  )
}

function giveUp(life: Life, sentence: string): void {
  life.log('error', 'fatal', { sentence })
  void fail(life, { code: 'other', sentence, port: null }, fatalExit)
}

async function fail(life: Life, failure: GatewayFailure, code: number): Promise<void> {
  // The message may meet a shell that does not read; the end does not wait for it.
  setTimeout(() => leave(life.gateway, code), farewellMs)
  await life.port.post({ kind: 'failed', ...failure, sentence: failure.sentence.slice(0, failureSentenceMax) })
  leave(life.gateway, code)
}
const farewellMs = 1000

const say = (life: Life, message: GatewayMessage): void => void life.port.post(message)
