// Makes a Debian package out of the tree that electron-builder packed, with Debian's own dpkg-deb.
// Promises: files where Debian wants them, owned by root; no maintainer scripts, because Debian's triggers already refresh menus and icons.
// Leaves alone: the packed tree. Needs a Debian or Ubuntu machine.

import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { inRoot } from './tools.mjs'

const home = 'opt/tollgate'
const architectures = { x64: 'amd64', arm64: 'arm64' }
/** Chromium's own sandbox program: where the kernel gives users no namespaces of their own, it must belong to root and may act as root. */
const sandboxMode = 0o4755

/** @param {{ tree: string, version: string, arch: string, file: string }} wanted */
export function makeDeb({ tree, version, arch, file }) {
  const staging = `${file}.tree`
  rmSync(staging, { recursive: true, force: true })
  try {
    layOut(tree, staging)
    const installedKilobytes = Math.ceil(bytesBelow(staging) / 1024)
    mkdirSync(path.join(staging, 'DEBIAN'))
    writeFileSync(
      path.join(staging, 'DEBIAN/control'),
      filled('control', { version: debianVersion(version), architecture: architectures[arch], installedKilobytes }),
    )
    execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '--build', staging, file], { stdio: ['ignore', 'ignore', 'inherit'] })
  } finally {
    rmSync(staging, { recursive: true, force: true })
  }
}

/** A version with a hyphen is a pre-release; Debian sorts what follows a tilde before the release. */
const debianVersion = (version) => version.replace('-', '~')

function layOut(tree, staging) {
  const place = (...parts) => {
    const target = path.join(staging, ...parts)
    mkdirSync(path.dirname(target), { recursive: true })
    return target
  }
  cpSync(tree, place(home), { recursive: true, verbatimSymlinks: true })
  withPlainModes(staging)
  const sandbox = path.join(staging, home, 'chrome-sandbox')
  if (existsSync(sandbox)) chmodSync(sandbox, sandboxMode)
  symlinkSync(`../../${home}/tollgate`, place('usr/bin/tollgate'))
  cpSync(inRoot('resources/linux/tollgate.desktop'), place('usr/share/applications/tollgate.desktop'))
  for (const picture of readdirSync(inRoot('resources/icons/linux')))
    cpSync(inRoot('resources/icons/linux', picture), place('usr/share/icons/hicolor', path.parse(picture).name, 'apps/tollgate.png'))
  cpSync(inRoot('resources/icons/source/app.svg'), place('usr/share/icons/hicolor/scalable/apps/tollgate.svg'))
  cpSync(inRoot('LICENSE'), place('usr/share/doc/tollgate/copyright'))
}

/** What the builder's umask left: everybody may read, programs may be run, nobody else may write. */
function withPlainModes(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const target = path.join(folder, entry.name)
    if (entry.isSymbolicLink()) continue
    if (entry.isDirectory()) withPlainModes(target)
    else chmodSync(target, (statSync(target).mode & 0o111) === 0 ? 0o644 : 0o755)
  }
  chmodSync(folder, 0o755)
}

function bytesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(path.join(entry.parentPath, entry.name)).size, 0)
}

function filled(name, values) {
  return readFileSync(inRoot('resources/linux', name), 'utf8').replace(/\$\{(\w+)\}/g, (_whole, key) => String(values[key]))
}
