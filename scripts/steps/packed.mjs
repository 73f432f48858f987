// Looks at what was packed: the archive's files, sizes, and the checksums people compare downloads with.
// Promises: SHA256SUMS has the form that `sha256sum --check` reads.
// Leaves alone: judging the contents (test/pack).

import { getRawHeader } from '@electron/asar'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** @param {string} archive @returns {{ path: string, bytes: number, unpacked: boolean }[]} every file of an app.asar */
export function listArchive(archive) {
  const visit = (node, place) =>
    Object.entries(node.files).flatMap(([name, entry]) => {
      const inner = place === '' ? name : `${place}/${name}`
      return entry.files === undefined ? [{ path: inner, bytes: entry.size ?? 0, unpacked: entry.unpacked === true }] : visit(entry, inner)
    })
  return visit(getRawHeader(archive).header, '')
}

/** @param {string} out electron-builder's folder @returns {{ tree: string, archive: string }} what an installer would lay out, and the archive in it */
export function packedPlaces(out) {
  const folder = readdirSync(out).find((name) => /^(?:linux|win)-(?:arm64-)?unpacked$|^mac(?:-arm64)?$/.test(name))
  if (folder === undefined) throw new Error(`There is no packed tree in ${out}.`)
  const tree = path.join(out, folder)
  const resources = folder.startsWith('mac') ? 'Tollgate.app/Contents/Resources' : 'resources'
  return { tree, archive: path.join(tree, resources, 'app.asar') }
}

/** @param {string} archive @returns {string[]} one line per top folder, and a total */
export function summarise(archive) {
  const files = listArchive(archive)
  const groups = Map.groupBy(files, (file) => `${file.path.split('/').slice(0, 2).join('/')}${file.unpacked ? ' (beside the archive)' : ''}`)
  const line = (name, group) => `  ${name}: ${group.length} files, ${megabytes(group.reduce((sum, file) => sum + file.bytes, 0))}`
  return [...[...groups].map(([name, group]) => line(name, group)), line('all', files)]
}

export const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`

/** Writes SHA256SUMS over the files of a folder. @returns {{ name: string, bytes: number }[]} what it lists */
export function writeChecksums(folder) {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'SHA256SUMS' && !entry.name.startsWith('builder-'))
    .map((entry) => entry.name)
    .sort()
  const digest = (name) =>
    createHash('sha256')
      .update(readFileSync(path.join(folder, name)))
      .digest('hex')
  writeFileSync(path.join(folder, 'SHA256SUMS'), names.map((name) => `${digest(name)}  ${name}\n`).join(''))
  return names.map((name) => ({ name, bytes: statSync(path.join(folder, name)).size }))
}
