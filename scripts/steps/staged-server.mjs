// Lays out the server package: the headless gateway, its native modules, and what a server needs to run it.
// Promises: the same bundle, panel and resources that the desktop app carries; native modules of one platform, without sources and other platforms' binaries.
// Leaves alone: building, and packing the folder into an archive.

import { chmodSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { nativeFolders } from './shipped-packages.mjs'
import { gatewayFlags, inRoot } from './tools.mjs'

/** @param {string} folder emptied first @param {{ platform: string, arch: string }} machine */
export function stageServer(folder, { platform, arch }) {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const place of ['dist/gateway', 'dist/panel', 'LICENSE']) copy(place, folder)
  for (const file of ['models.json', 'providers.json']) copy(`resources/${file}`, folder)
  for (const file of ['tollgate.service', 'Containerfile', 'README.md']) copy(`resources/server/${file}`, folder, file)
  for (const place of nativeFolders(platform, arch)) copyNative(place, folder, `${platform}-${arch}`)
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(serverManifest(), null, 2)}\n`)
}

function serverManifest() {
  const { name, version, private: isPrivate, description, license, type, engines, dependencies } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  const node = ['node', ...gatewayFlags].join(' ')
  const scripts = { start: `${node} dist/gateway/main.mjs`, ledger: `${node} dist/gateway/ledger-command.mjs` }
  return { name, version, private: isPrivate, description, license, type, engines, scripts, dependencies }
}

const unneeded = /^(?:deps|src|binding\.gyp)$/

function copyNative(place, folder, machine) {
  const top = inRoot(place)
  const isWanted = (source) => {
    const [first = '', second] = path.relative(top, source).split(path.sep)
    if (unneeded.test(first) || first.endsWith('.d.ts')) return false
    return first !== 'prebuilds' || second === undefined || second === `${machine}.node`
  }
  cpSync(top, path.join(folder, place), { recursive: true, filter: isWanted })
}

function copy(place, folder, as = place) {
  const target = path.join(folder, as)
  mkdirSync(path.dirname(target), { recursive: true })
  cpSync(inRoot(place), target, { recursive: true })
  if (path.extname(target) !== '') chmodSync(target, 0o644)
}
