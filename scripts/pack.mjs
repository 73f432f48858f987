// npm run pack: the desktop app as packages for this machine's system, with a bill of materials and checksums. Options after `--`.
// Promises: builds what is stale first; without Electron's runtime it fails, unless --stand-in-runtime asks for packages that only show what is in them.
// Leaves alone: uploading, and other systems, each of which packs its own.

import { existsSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBuilt } from './steps/build.mjs'
import { ensureInstalled } from './steps/install.mjs'
import { makeTarball } from './steps/tarball.mjs'
import { inRoot, root, runTool } from './steps/tools.mjs'

const help = `Usage: npm run pack -- [options]

  --stand-in-runtime   pack around a program that is none: for machines without Electron's binary, to see and test what is packed
  --electron-dist <p>  Electron's own zip or folder, for machines that may not download it
  --quick              on Linux: the tree and the deb alone
  --out <folder>       where the packages go (dist/packed)`

/** What electron-builder calls this system: as its option, and in the names of its packages. */
const system = { linux: 'linux', darwin: 'mac', win32: 'win' }[process.platform]
/** Bundles, each of which has noted its packages. */
const parts = ['gateway', 'panel', 'main', 'preload']

const options = {
  'stand-in-runtime': { type: 'boolean' },
  'electron-dist': { type: 'string' },
  quick: { type: 'boolean' },
  out: { type: 'string' },
  help: { type: 'boolean' },
}

try {
  const { values } = parseArgs({ options })
  if (values.help === true) process.stdout.write(`${help}\n`)
  else {
    const electronDist = values['electron-dist'] === undefined ? null : path.resolve(root, values['electron-dist'])
    await pack({
      standIn: values['stand-in-runtime'] === true,
      quick: values.quick === true,
      electronDist,
      out: path.resolve(root, values.out ?? 'dist/packed'),
    })
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

async function pack({ standIn, quick, electronDist, out }) {
  await ensureInstalled()
  await ensureBuilt()
  if (!existsSync(inRoot('dist/main/main.mjs'))) throw new Error('dist/main/main.mjs is missing: the shell was not built.')
  // Only now: these load packages.
  const { nativeFolders, shippedFolders, writeBill, writeNotices } = await import('./steps/shipped-packages.mjs')
  const { megabytes, packedPlaces, summarise, writeChecksums } = await import('./steps/packed.mjs')

  rmSync(out, { recursive: true, force: true })
  const shipped = [...shippedFolders(parts, nativeFolders(process.platform, process.arch)), 'node_modules/electron']
  writeNotices(shipped, inRoot('dist/THIRD-PARTY-NOTICES.txt'))
  const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  const name = (ending) => path.join(out, `tollgate-${version}-${standIn ? 'stand-in-' : ''}${system}-${process.arch}.${ending}`)

  await runBuilder({ standIn, quick, electronDist, out })
  const { archive, tree } = packedPlaces(out)
  if (system === 'linux') {
    const { makeDeb } = await import('./steps/deb.mjs')
    makeDeb({ tree, version, arch: process.arch, file: name('deb') })
    if (!quick) makeTarball(tree, name('tar.gz'))
  }
  const count = await writeBill(shipped, name('cdx.json'))
  const made = writeChecksums(out)
  const lines = [
    '',
    'The archive:',
    ...summarise(archive),
    `The bill of materials names ${count} packages.`,
    'Made:',
    ...made.map((file) => `  ${file.name}  ${megabytes(file.bytes)}`),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

async function runBuilder({ standIn, quick, electronDist, out }) {
  const { makeStandInRuntime, standInVariable } = await import('./steps/stand-in-runtime.mjs')
  const runtime = standIn ? makeStandInRuntime(inRoot('dist/stand-in-runtime')) : electronDist
  // Installers need tools that electron-builder downloads; a stand-in is for machines where that cannot be.
  const targets = quick || standIn ? ['dir'] : []
  const parameters = [
    `--${system}`,
    ...targets,
    `--${process.arch}`,
    '--publish=never',
    `-c.directories.output=${out}`,
    ...(runtime === null ? [] : [`-c.electronDist=${runtime}`]),
  ]
  const code = await runTool('electron-builder/cli.js', parameters, { env: { [standInVariable]: standIn ? '1' : '' } })
  if (code !== 0) throw new Error(`electron-builder failed (exit code ${code}). Its messages are above.`)
}
