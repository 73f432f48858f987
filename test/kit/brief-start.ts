// Starts a gateway that is expected to end by itself: a refused start, --help.
// Promises: gives what it printed and its exit code; one that serves after all is killed and reported as code null.
// Leaves alone: gateways that are to serve (gateway-process.ts).

import { spawn } from 'node:child_process'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { keepCompiled } from '../../scripts/steps/tools.mjs'
import { inheritedVariables } from './gateway-process.ts'

export interface BriefRun {
  /** null: it was still running after the time limit. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const limitMs = 20_000
const entry = resolve(import.meta.dirname, '../../gateway/main.ts')

/** Exactly these arguments and variables; nothing is set by itself. */
export async function runBriefly(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<BriefRun> {
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: tmpdir(),
    env: { ...inheritedVariables(), ...keepCompiled, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (bytes: Buffer) => {
    stdout += bytes.toString()
    // It serves: that is an answer, too.
    if (/^\s*base URL/m.test(stdout)) child.kill('SIGKILL')
  })
  child.stderr.on('data', (bytes: Buffer) => (stderr += bytes.toString()))
  const timer = setTimeout(() => child.kill('SIGKILL'), limitMs)
  const code = await new Promise<number | null>((done) => child.once('close', done))
  clearTimeout(timer)
  return { code, stdout, stderr }
}
