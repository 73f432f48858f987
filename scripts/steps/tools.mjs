// Starts other programs for the scripts: the project's own Node, npm, and packages' command lines.
// Promises: children run on the Node of node_modules whatever the system's is; a missing one is said in a sentence.
// Plain JavaScript for Node 18 and up, because it runs before anything is installed.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
export const inRoot = (...parts) => path.join(root, ...parts)
/** The Node that package.json pins; npm links it on POSIX and copies an .exe on Windows. */
export const nodeBinary = process.platform === 'win32' ? inRoot('node_modules/node/bin/node.exe') : inRoot('node_modules/.bin/node')

/** How the gateway is run: a young generation of 16 MB costs a little collecting and saves some 150 MB under load. */
export const gatewayFlags = ['--max-semi-space-size=16']

/** Where processes that tests start keep what they compiled (https://nodejs.org/api/module.html#module-compile-cache, as known 2026-11-21): a start from source takes half the time. */
export const keepCompiled = { NODE_COMPILE_CACHE: path.join(tmpdir(), 'node-compile-cache') }

/** Runs a program in the repository with our streams. Resolves with its exit code, 128 + n when signal n ended it. */
export function run(program, parameters, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { cwd: root, stdio: 'inherit', ...options, env: { ...process.env, ...pathWithTools(), ...options.env } })
    child.once('error', reject)
    child.once('close', (code, signal) => resolve(code ?? 128 + signalNumber(signal)))
    options.onChild?.(child)
  })
}

/** Runs a package's command line on our Node: `runTool('vite/bin/vite.js', ['build'])`. */
export function runTool(script, parameters, options = {}) {
  if (!existsSync(nodeBinary)) throw new Error(`${path.relative(root, nodeBinary)} is missing. Run npm ci, or npm start, which does it for you.`)
  return run(nodeBinary, [inRoot('node_modules', script), ...parameters], options)
}

/** The same unseen. Resolves with its exit code and all it said, in the order it said it. */
export async function hearTool(script, parameters) {
  let output = ''
  const hear = (stream) => stream.setEncoding('utf8').on('data', (text) => (output += text))
  const code = await runTool(script, parameters, { stdio: ['ignore', 'pipe', 'pipe'], onChild: (child) => [child.stdout, child.stderr].forEach(hear) })
  return { code, output }
}

/** npm under the Node we run on. `npm_execpath` is set by npm itself; without it the one on PATH serves. */
export function runNpm(parameters, options = {}) {
  const own = process.env.npm_execpath
  if (own?.endsWith('.js')) return run(process.execPath, [own, ...parameters], options)
  return run('npm', parameters, { shell: process.platform === 'win32', ...options })
}

function pathWithTools() {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH'
  return { [name]: `${inRoot('node_modules/.bin')}${path.delimiter}${process.env[name] ?? ''}` }
}

function signalNumber(signal) {
  return { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 1
}
