// npm run pack:server: the headless gateway as one archive for servers of this machine's kind, with a unit for systemd and a Containerfile.
// Promises: builds what is stale first; the archive holds one folder that runs where it is unpacked, given Node; a bill of materials and checksums beside it.
// Leaves alone: Electron and the desktop shell (npm run pack), and uploading.

import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './steps/build.mjs'
import { ensureInstalled } from './steps/install.mjs'
import { makeTarball } from './steps/tarball.mjs'
import { inRoot, root } from './steps/tools.mjs'

try {
  const { values } = parseArgs({ options: { out: { type: 'string' } } })
  await packServer(path.resolve(root, values.out ?? 'dist/packed-server'))
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function packServer(out) {
  await ensureInstalled()
  await ensureBuilt()
  const { stageServer } = await import('./steps/staged-server.mjs')
  const { nativeFolders, shippedFolders, writeBill, writeNotices } = await import('./steps/shipped-packages.mjs')
  const { megabytes, writeChecksums } = await import('./steps/packed.mjs')

  const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  const name = `tollgate-server-${version}-${process.platform}-${process.arch}`
  const folder = path.join(out, name)
  rmSync(out, { recursive: true, force: true })
  mkdirSync(out, { recursive: true })
  stageServer(folder, { platform: process.platform, arch: process.arch })
  const shipped = shippedFolders(['gateway', 'panel'], nativeFolders(process.platform, process.arch))
  writeNotices(shipped, path.join(folder, 'THIRD-PARTY-NOTICES.txt'))
  const count = await writeBill(shipped, path.join(out, `${name}.cdx.json`))

  makeTarball(folder, `${folder}.tar.gz`)
  rmSync(folder, { recursive: true })
  const lines = writeChecksums(out).map((file) => `  ${file.name}  ${megabytes(file.bytes)}`)
  process.stdout.write(`The bill of materials names ${count} packages.\nMade:\n${lines.join('\n')}\n`)
}
