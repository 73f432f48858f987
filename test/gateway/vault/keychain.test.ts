// The vault over a real Secret Service: a private D-Bus session and gnome-keyring in a fresh HOME, one child process per visit.
// Leaves alone: the keychain of the person who runs the tests.

import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parts } from '../../kit/parts.ts'

const child = join(import.meta.dirname, 'keychain-child.ts')
const run = promisify(execFile)
let home = ''

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tollgate-keychain-'))
})
afterAll(async () => {
  await rm(home, { recursive: true, force: true })
})

/** Each keyring daemon is a new one, so what a later visit reads was on disk. */
async function visit(keyring: 'unlocked' | 'locked', steps: readonly string[]): Promise<unknown[]> {
  const start =
    keyring === 'unlocked' ? `printf '\\n' | gnome-keyring-daemon --unlock --components=secrets` : 'gnome-keyring-daemon --start --components=secrets'
  const script = `${start} >/dev/null 2>&1; exec "$@"`
  return runSteps('dbus-run-session', ['--', 'sh', '-c', script, 'sh', process.execPath, child, ...steps])
}
async function runSteps(command: string, args: readonly string[]): Promise<unknown[]> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: join(home, 'data') }
  const { stdout } = await run(command, args, { env, timeout: 20_000 })
  return stdout
    .trim()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
}

describe('vault over a real Secret Service', { timeout: 30_000 }, () => {
  it.skipIf(!parts.secretService)('keeps a secret across sessions until it is removed [needs: secretService]', async () => {
    expect(await visit('unlocked', ['status', 'save', 'read'])).toMatchObject([
      { answer: { store: 'keychain', title: 'Secret Service', canSave: true } },
      { answer: 'keychain/test key ü' },
      { answer: 'sk-kept-4242' },
    ])
    expect(await visit('unlocked', ['read', 'remove', 'read'])).toMatchObject([{ answer: 'sk-kept-4242' }, { answer: 'removed' }, { answer: null }])
    expect(await visit('unlocked', ['read'])).toMatchObject([{ answer: null }])
  })
  it.skipIf(!parts.secretService)('says what to do when the keyring is locked and nobody can unlock it [needs: secretService]', async () => {
    const [answer] = await visit('locked', ['save'])
    expect(answer).toMatchObject({ answer: { code: 'vault_unavailable' } })
    expect(JSON.stringify(answer)).toContain('os.environ/NAME')
    expect(JSON.stringify(answer)).not.toContain('sk-kept-4242')
  })
  it.skipIf(process.platform !== 'linux')(
    'falls back to environment references, never to the kernel keyring, without a session bus [needs: Linux]',
    async () => {
      const [status, saved] = await runSteps(process.execPath, [child, 'status', 'save'])
      expect(status).toMatchObject({ answer: { store: 'environment', canSave: false } })
      expect(saved).toMatchObject({ answer: { code: 'vault_unavailable' } })
    },
  )
})
