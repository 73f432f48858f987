// A child that speaks the gateway's part on the message port and misbehaves as its launch message says.
// Promises: only what the named behaviour is about is wrong with it. Leaves alone: HTTP; there is no server behind it.

import { parseShellMessage, type GatewayMessage, type LaunchMessage } from '../../gateway/contract/shell.ts'
import { findShellPort } from '../../gateway/shell-port.ts'

const healthMs = 50
const token = 'token-of-an-unruly-child-0123456789'

const port = findShellPort()
if (port === null) throw new Error('this is started by tests, below a shell')

const say = (message: GatewayMessage): void => void port.post(message)
const sayAndEnd = (message: GatewayMessage, code: number): void => void port.post(message).then(() => process.exit(code))
const live = (running = 0): void => void setInterval(() => say({ kind: 'health', running }), healthMs)
const serve = (running = 0): void => {
  live(running)
  say({ kind: 'ready', baseUrl: 'http://127.0.0.1:4000', token })
}
const stayAlive = (): void => void setInterval(() => undefined, 1000)
/** No timer and no message gets through any more. */
function hang(): never {
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000)
}

interface Behaviour {
  onLaunch(launch: LaunchMessage): void
  onStop(): void
}
const obedient = { onLaunch: () => serve(), onStop: () => process.exit(0) }

/** By what the launch's variable UNRULY says. */
const behaviours: Readonly<Record<string, Behaviour>> = {
  serves: obedient,
  'serves three': { ...obedient, onLaunch: () => serve(3) },
  crashes: { ...obedient, onLaunch: () => process.exit(3) },
  'crashes after ready': { ...obedient, onLaunch: () => (serve(), setTimeout(() => process.exit(4), 4 * healthMs)) },
  hangs: { ...obedient, onLaunch: () => (serve(), setTimeout(hang, 4 * healthMs)) },
  'says nothing': { ...obedient, onLaunch: stayAlive },
  'is never ready': { ...obedient, onLaunch: () => live() },
  'dies while stopping': { ...obedient, onStop: () => process.exit(7) },
  'ignores stop': { ...obedient, onStop: () => undefined },
  'hangs while stopping': { ...obedient, onStop: hang },
  'refuses its configuration': {
    ...obedient,
    onLaunch: () => sayAndEnd({ kind: 'failed', code: 'refused', sentence: 'The file config.yaml is not readable.', port: null }, 1),
  },
  'finds the folder in use': {
    ...obedient,
    onLaunch: () => sayAndEnd({ kind: 'failed', code: 'data-folder-in-use', sentence: 'Another Tollgate is already using the data folder.', port: null }, 1),
  },
  'fails and stays': {
    ...obedient,
    onLaunch: () => (live(), say({ kind: 'failed', code: 'other', sentence: 'The disk is gone.', port: null })),
  },
  'talks nonsense': {
    ...obedient,
    onLaunch() {
      for (const message of [
        null,
        7,
        'ready',
        { kind: 'ready' },
        { kind: 'health', running: -1 },
        { kind: 'ready', baseUrl: 'file:///etc/passwd', token },
        { kind: 'launch' },
      ])
        void port.post(message as object)
      serve()
    },
  },
  'prints for ever': {
    ...obedient,
    onLaunch() {
      serve()
      setInterval(() => process.stdout.write('x'.repeat(50_000)), healthMs)
    },
  },
}

let behaviour: Behaviour = obedient
port.onMessage((received) => {
  const message = parseShellMessage(received)
  if (message.kind === 'stop') return behaviour.onStop()
  const named = behaviours[message.variables['UNRULY'] ?? '']
  if (named === undefined) throw new Error('no such behaviour')
  behaviour = named
  behaviour.onLaunch(message)
})
