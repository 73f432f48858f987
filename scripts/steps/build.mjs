// Builds what is stale: the gateway's bundle, the panel's files and the desktop shell, each from the sources that go into it.
// Promises: a second call with the same sources builds nothing; sources are compared by content, not by date.
// Leaves alone: packages (install.mjs), packing the app (pack.mjs).

import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { inRoot, root, runTool } from './tools.mjs'

const shared = ['gateway/contract', 'package-lock.json']
const underNode = ['scripts/steps/node-bundle.mjs', 'scripts/steps/narrow-sources.mjs', ...shared]
const parts = [
  {
    name: 'gateway',
    config: 'vite.gateway.config.ts',
    result: 'dist/gateway/main.mjs',
    sources: ['gateway', 'resources', 'vite.gateway.config.ts', 'package.json', ...underNode],
  },
  { name: 'panel', config: 'vite.config.ts', result: 'dist/panel/index.html', sources: ['renderer', 'main/ipc/contract.ts', 'vite.config.ts', ...shared] },
  {
    name: 'shell',
    config: 'vite.main.config.ts',
    result: 'dist/main/main.mjs',
    sources: ['main', 'gateway/kit', 'vite.main.config.ts', 'package.json', ...underNode],
  },
  { name: 'bridge', config: 'vite.preload.config.ts', result: 'dist/main/preload.cjs', sources: ['main/ipc', 'vite.preload.config.ts', ...underNode] },
]

/** @param {{ force?: boolean }} [options] @returns {Promise<string[]>} names of the parts that were built. Throws a sentence when a build fails. */
export async function ensureBuilt({ force = false } = {}) {
  const built = []
  for (const part of parts) {
    const digest = digestOf(part.sources)
    const stamp = inRoot('dist', `.${part.name}-sources`)
    if (!force && existsSync(inRoot(part.result)) && readOrNull(stamp) === digest) continue
    rmSync(stamp, { force: true })
    const started = performance.now()
    const code = await runTool('vite/bin/vite.js', ['build', '--config', part.config, '--logLevel', force ? 'warn' : 'error'])
    if (code !== 0) throw new Error(`Building the ${part.name} failed (exit code ${code}). The messages are above.`)
    mkdirSync(inRoot('dist'), { recursive: true })
    writeFileSync(stamp, digest)
    process.stdout.write(`Built the ${part.name} in ${((performance.now() - started) / 1000).toFixed(1)} s.\n`)
    built.push(part.name)
  }
  return built
}

/** SHA-256 over names and contents of every file below the given places. */
export function digestOf(places) {
  const hash = createHash('sha256')
  for (const file of places.flatMap((place) => filesBelow(inRoot(place))).sort()) {
    const bytes = readFileSync(file)
    const name = path.relative(root, file)
    hash.update(`${name.length}:${name}:${bytes.length}:`).update(bytes)
  }
  return hash.digest('hex')
}

function filesBelow(place) {
  if (!existsSync(place)) return []
  try {
    return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
      const inner = path.join(place, entry.name)
      if (entry.isDirectory()) return filesBelow(inner)
      return entry.name.endsWith('.md') ? [] : [inner]
    })
  } catch (error) {
    if (error.code === 'ENOTDIR') return [place]
    throw error
  }
}

function readOrNull(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
