// A gateway as its own process that waits for vendors no longer than a test can.
// Promises: like startHouse, with the limits given; stop() removes what it made. Leaves alone: what is asked of it.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Limits } from '../../../gateway/contract/config.ts'
import { gatewayFlags, keepCompiled } from '../../../scripts/steps/tools.mjs'
import { inheritedVariables } from '../gateway-process.ts'
import { visit, type House } from '../house.ts'

export interface ImpatientOptions {
  /** Text of a LiteLLM configuration file. */
  readonly config: string
  readonly limits: Partial<Limits>
  readonly env?: Readonly<Record<string, string>>
}
export interface ImpatientHouse extends House {
  /** The process has not ended. */
  readonly isUp: boolean
}

const entry = fileURLToPath(new URL('./impatient-main.ts', import.meta.url))
const adminKey = 'sk-admin-of-the-impatient-gateway'
const startTimeoutMs = 20_000

export async function startImpatientHouse(options: ImpatientOptions): Promise<ImpatientHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-impatient-'))
  const file = join(folder, 'config.yaml')
  await writeFile(file, options.config)
  const startedMs = performance.now()
  const child = spawn(process.execPath, [...gatewayFlags, entry, '--port', '0', '--data-dir', join(folder, 'data'), '--config', file], {
    cwd: tmpdir(),
    env: { ...inheritedVariables(), ...keepCompiled, TOLLGATE_ADMIN_KEY: adminKey, TEST_LIMITS: JSON.stringify(options.limits), ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  child.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  const ended = once(child, 'close')
  const baseUrl = await firstMatch(
    () => /^\s*base URL\s+(http\S+)/m.exec(printed)?.[1] ?? null,
    () => child.exitCode === null,
  )
  if (baseUrl === null) {
    child.kill('SIGKILL')
    throw new Error(`The gateway did not start. It printed:\n${printed}`)
  }
  const stop = async (): Promise<number> => {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
    return child.exitCode ?? -1
  }
  const kill9 = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  const { origin } = new URL(baseUrl)
  const facts = { baseUrl, origin, adminKey, signInUrl: null, dataDir: join(folder, 'data'), pid: child.pid ?? -1, startMs: performance.now() - startedMs }
  return {
    ...visit({ ...facts, output: () => printed, stop, kill9 }),
    get isUp() {
      return child.exitCode === null && child.signalCode === null
    },
  }
}

async function firstMatch(look: () => string | null, goesOn: () => boolean): Promise<string | null> {
  const untilMs = performance.now() + startTimeoutMs
  while (performance.now() < untilMs && goesOn()) {
    const found = look()
    if (found !== null) return found
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  return look()
}
