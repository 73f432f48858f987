// Writes the one file that an offline update comes in (main/update/bundle.ts reads it): mark, length, list of contents, signature, the files' bytes.
// Promises: files in the order of their names; symbolic links and anything else that is no file stop it.
// Leaves alone: where the key comes from.

import { createHash, sign } from 'node:crypto'
import { closeSync, openSync, readdirSync, readFileSync, statSync, writeSync } from 'node:fs'
import path from 'node:path'

const mark = Buffer.from('tollgate-update-1\n')

/**
 * @param {{ version: string, platform: string, arch: string, kind: string, ledgerSchema: number, notes: string }} facts
 * @param {{ path: string, source: string }[]} files @param {{ privateKey: import('node:crypto').KeyObject, target: string }} out
 */
export function writeUpdate(facts, files, { privateKey, target }) {
  const entries = files.map(({ path: name, source }) => {
    const bytes = readFileSync(source)
    const executable = (statSync(source).mode & 0o100) !== 0
    return { path: name, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), executable }
  })
  const file = openSync(target, 'w')
  try {
    writeSync(file, signedHead({ product: 'tollgate', ...facts, files: entries }, privateKey))
    for (const { source } of files) writeSync(file, readFileSync(source))
  } finally {
    closeSync(file)
  }
}

/** What stands before the files' bytes. */
export function signedHead(manifest, privateKey) {
  const text = Buffer.from(JSON.stringify(manifest))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(text.length)
  const signed = Buffer.concat([mark, length, text])
  return Buffer.concat([signed, sign(null, signed, privateKey)])
}

/** Every file below a folder, or the one file. @returns {{ path: string, source: string }[]} */
export function payloadOf(place) {
  if (statSync(place).isFile()) return [{ path: path.basename(place), source: place }]
  const entries = readdirSync(place, { recursive: true, withFileTypes: true })
  const strange = entries.find((entry) => !entry.isFile() && !entry.isDirectory())
  if (strange !== undefined) throw new Error(`${path.join(strange.parentPath, strange.name)} is neither a file nor a folder. An update holds plain files only.`)
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((source) => ({ path: path.relative(place, source).split(path.sep).join('/'), source }))
    .sort((left, right) => (left.path < right.path ? -1 : 1))
}
