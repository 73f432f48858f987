// Starts a real gateway as its own process, on a free port with a data folder of its own, for journeys, benches and browser tests.
// Promises: resolves when it answers; rejects with everything it printed when it ends or stays silent; stop() removes what it made.
// Leaves alone: what is asked of it.

import { spawn, type ChildProcess, type ChildProcessByStdio } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Readable } from 'node:stream'
import type { Limits } from '../../gateway/contract/config.ts'
import { gatewayFlags, keepCompiled } from '../../scripts/steps/tools.mjs'

export interface GatewayOptions {
  /** source: gateway/main.ts, needs no build; with CI=true the bundle, which that run has built just before · dist: the bundle that users run. */
  readonly from: 'source' | 'dist'
  /** Folder of an unpacked package to take `dist` from, instead of the repository. */
  readonly root?: string
  /** Kept by stop() when given; else a fresh folder, removed by stop(). */
  readonly dataDir?: string
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** Where it is started; a folder that is not the repository, unless told otherwise. */
  readonly cwd?: string
  /** Other numbers for its limits; then it runs from the sources, whatever `from` says. */
  readonly limits?: Partial<Limits>
  /** Longest wait for the first answer. */
  readonly startTimeoutMs?: number
}
export interface GatewayProcess {
  /** `http://127.0.0.1:41234/v1` */
  readonly baseUrl: string
  /** `http://127.0.0.1:41234` */
  readonly origin: string
  readonly adminKey: string
  /** With its one-time code; null when the start-up output has none. */
  readonly signInUrl: string | null
  readonly dataDir: string
  readonly pid: number
  /** From spawning to the base URL being printed. */
  readonly startMs: number
  /** Everything printed so far, both streams. */
  output(): string
  /** SIGTERM, then the exit code. */
  stop(): Promise<number>
  /** SIGKILL: no drain, no clean-up; the data folder stays as the crash left it. */
  kill9(): Promise<void>
}

const root = resolve(import.meta.dirname, '../..')
const entries = { source: 'gateway/main.ts', dist: 'dist/gateway/main.mjs', limited: 'test/kit/misbehaving-vendor/impatient-main.ts' }
const adminKey = 'sk-admin-of-the-test-gateway'

export async function startGateway(options: GatewayOptions): Promise<GatewayProcess> {
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'tollgate-')))
  const startedAtMs = performance.now()
  const child = spawnGateway({ ...options, dataDir })
  let printed = ''
  child.stdout.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  child.stderr.on('data', (bytes: Buffer) => (printed += bytes.toString()))
  const ended = new Promise<number>((done) => child.once('close', (code) => done(code ?? -1)))
  const output = (): string => printed
  const baseUrl = await waitForBaseUrl({ child, output, timeoutMs: options.startTimeoutMs ?? 15_000 })
  const startMs = performance.now() - startedAtMs
  const origin = new URL(baseUrl).origin
  await waitForAnswer(`${origin}/health/liveliness`, output)
  return {
    baseUrl,
    origin,
    adminKey: options.env?.['TOLLGATE_ADMIN_KEY'] ?? adminKey,
    signInUrl: /^\s*sign in\s+(http\S+)/m.exec(printed)?.[1] ?? null,
    dataDir,
    pid: child.pid ?? -1,
    startMs,
    output,
    stop: async () => {
      child.kill('SIGTERM')
      const code = await ended
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true })
      return code
    },
    kill9: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

/** Starts one on a folder and kills it after a while, wherever its start is by then. */
export async function killWhileStarting(options: GatewayOptions & { readonly dataDir: string }, afterMs: number): Promise<void> {
  const child = spawnGateway(options)
  child.stdout.resume()
  child.stderr.resume()
  const ended = new Promise<void>((done) => child.once('close', () => done()))
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs)
  await ended
  clearTimeout(timer)
}

function spawnGateway(options: GatewayOptions & { readonly dataDir: string }): ChildProcessByStdio<null, Readable, Readable> {
  const from = process.env['CI'] === 'true' ? 'dist' : options.from
  const entry = options.limits === undefined ? from : 'limited'
  const variables = {
    ...(options.from === 'dist' ? {} : keepCompiled),
    ...(options.limits === undefined ? {} : { TEST_LIMITS: JSON.stringify(options.limits) }),
  }
  return spawn(
    process.execPath,
    [...gatewayFlags, join(options.root ?? root, entries[entry]), '--port', '0', '--data-dir', options.dataDir, ...(options.args ?? [])],
    {
      // Not the repository: a gateway must find its files from wherever it is started.
      cwd: options.cwd ?? tmpdir(),
      env: { ...inheritedVariables(), ...variables, TOLLGATE_ADMIN_KEY: adminKey, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
}

/** Nothing of the caller's own gateway settings or vendor keys: a test must mean the same on every machine. */
export function inheritedVariables(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:TOLLGATE_|LITELLM_)|_API_KEY$|_PROXY$|_proxy$/.test(name))
  return Object.fromEntries(kept.map(([name, value]) => [name, value ?? '']))
}

async function waitForBaseUrl(watched: { child: ChildProcess; output(): string; timeoutMs: number }): Promise<string> {
  const { child, output, timeoutMs } = watched
  return await new Promise((done, fail) => {
    const give = (message: string): void => {
      clearTimeout(timer)
      fail(new Error(`${message} It printed:\n${output()}`))
    }
    const timer = setTimeout(() => {
      child.kill('SIGKILL')
      give(`The gateway printed no base URL within ${timeoutMs} ms.`)
    }, timeoutMs)
    const look = (): void => {
      const found = /^\s*base URL\s+(http\S+)/m.exec(output())?.[1]
      if (found === undefined) return
      clearTimeout(timer)
      done(found)
    }
    child.stdout?.on('data', look)
    child.once('close', (code, signal) => give(`The gateway ended at start (${code ?? signal ?? 'unknown'}).`))
    child.once('error', (error) => give(`The gateway could not be started: ${error.message}.`))
  })
}

async function waitForAnswer(url: string, output: () => string): Promise<void> {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}. The gateway printed:\n${output()}`)
  await response.arrayBuffer()
}
