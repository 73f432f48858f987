// A private Secret Service: a session bus of its own with gnome-keyring on it, in a home of its own.
// Promises: nothing of the keyring of whoever runs the tests is touched; stop() ends bus and daemon. Leaves alone: who uses it.
// Needs dbus-run-session and gnome-keyring-daemon (parts.ts).

import { spawn } from 'node:child_process'
import { startSilentPrompter } from './silent-prompter.ts'

/** unlocked: its default keyring is made and open · locked: nobody has opened it. */
export type KeyringState = 'unlocked' | 'locked'
export interface PrivateKeyring {
  /** For programs that are to find it. */
  readonly env: Readonly<Record<string, string>>
  /** From now on questions are shown to somebody who never answers. */
  leavePromptsUnanswered(): Promise<void>
  stop(): Promise<void>
}

/** Each daemon is a new one, so what a later one gives was on disk. */
export async function startPrivateKeyring(home: string, keyring: KeyringState): Promise<PrivateKeyring> {
  const start =
    keyring === 'unlocked' ? `printf '\\n' | gnome-keyring-daemon --unlock --components=secrets` : 'gnome-keyring-daemon --start --components=secrets'
  const env = { HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: `${home}/data` }
  // `cat` ends with our end of its input, and the session with it.
  const script = `${start} >/dev/null 2>&1; echo "$DBUS_SESSION_BUS_ADDRESS"; exec cat`
  const session = spawn('dbus-run-session', ['--', 'sh', '-c', script], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = new Promise<void>((done) => session.once('close', () => done()))
  const address = await new Promise<string>((done, fail) => {
    session.stdout.once('data', (bytes: Buffer) => done(bytes.toString().trim()))
    session.once('error', fail)
    session.once('close', () => fail(new Error('The session bus ended at its start.')))
  })
  let prompter: { close(): void } | null = null
  return {
    env: { ...env, DBUS_SESSION_BUS_ADDRESS: address },
    async leavePromptsUnanswered() {
      prompter = await startSilentPrompter(address)
    },
    async stop() {
      prompter?.close()
      session.stdin.end()
      await ended
    },
  }
}
