// Packs a folder into a .tar.gz with the system's own tar.
// Promises: everything in it lies in one folder of the archive's own name, and belongs to nobody in particular where tar can say so.
// Leaves alone: the folder.

import { execFileSync } from 'node:child_process'
import { renameSync } from 'node:fs'
import path from 'node:path'

/** @param {string} folder @param {string} file ends with .tar.gz */
export function makeTarball(folder, file) {
  const name = path.basename(file, '.tar.gz')
  const parent = path.dirname(folder)
  // Windows and macOS have another tar, without options for owners and order.
  const plain = process.platform === 'linux' ? ['--owner=0', '--group=0', '--numeric-owner', '--sort=name'] : []
  const named = path.join(parent, name)
  renameSync(folder, named)
  try {
    execFileSync('tar', [...plain, '-czf', path.resolve(file), name], { cwd: parent, stdio: 'inherit' })
  } finally {
    renameSync(named, folder)
  }
}
