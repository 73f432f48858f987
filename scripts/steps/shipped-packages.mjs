// Says what is in a package: the bill of materials (CycloneDX, from npm's own reading of the lock) and the licence texts of everything shipped.
// Promises: exactly the packages whose code is shipped, bundled or beside the bundle; a package without a licence text stops the packing.
// Leaves alone: Electron's and Chromium's own notices, which lie in Electron's folder.

import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { listOfPart } from './bundled-packages.mjs'
import { inRoot, runNpm } from './tools.mjs'

/** @param {string[]} parts bundles @param {string[]} installed folders of packages that are shipped as they are @returns {string[]} folders as the lock names them */
export function shippedFolders(parts, installed) {
  const bundled = parts.flatMap((part) => JSON.parse(readFileSync(listOfPart(part), 'utf8')))
  return [...new Set([...bundled, ...installed])].sort()
}

/** Folders of the native modules for one platform, by the lock: what package.json depends on and the binaries that fit. */
export function nativeFolders(platform, arch) {
  const lock = readLock()
  const direct = Object.keys(lock[''].dependencies).map((name) => `node_modules/${name}`)
  const optional = direct.flatMap((folder) => Object.keys(lock[folder].optionalDependencies ?? {}).map((name) => `node_modules/${name}`))
  // Electron and node:*-slim are built against glibc.
  const fits = (folder) => lock[folder]?.os?.includes(platform) && lock[folder].cpu?.includes(arch) && !folder.endsWith('-musl')
  return [...direct, ...optional.filter(fits)].sort()
}

export function writeNotices(folders, file) {
  const texts = folders.map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(inRoot(folder, 'package.json'), 'utf8'))
    return `${name} ${version} (${license})\n\n${licenceText(folder, license)}\n`
  })
  writeFileSync(file, `Tollgate contains the following software.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`)
}

/** Packages that ship no licence file: their authors give only its name. Each was looked at. */
const namedOnly = new Set(['node_modules/koa-compose'])

function licenceText(folder, license) {
  const file = readdirSync(inRoot(folder)).find((name) => /^(?:licen[cs]e|copying)/i.test(name))
  if (file !== undefined) return readFileSync(inRoot(folder, file), 'utf8').trim()
  if (namedOnly.has(folder)) return `Licence: ${license}`
  throw new Error(`${folder} has no licence text. Look at its source, then name it in scripts/steps/shipped-packages.mjs.`)
}

/** @param {string[]} folders @param {string} file */
export async function writeBill(folders, file) {
  const whole = await readWholeBill(`${file}.whole`)
  const lock = readLock()
  const refs = new Set(
    folders.map(
      (folder) => `${lock[folder].name ?? path.posix.relative('node_modules', folder.slice(folder.lastIndexOf('node_modules/')))}@${lock[folder].version}`,
    ),
  )
  const components = whole.components.filter((component) => refs.has(component['bom-ref']))
  if (components.length !== refs.size) throw new Error(`npm sbom names ${components.length} of the ${refs.size} packages that are shipped.`)
  const own = whole.metadata.component['bom-ref']
  const known = (entry) => ({ ref: entry.ref, dependsOn: entry.ref === own ? [...refs] : entry.dependsOn.filter((ref) => refs.has(ref)) })
  const bill = {
    ...whole,
    metadata: { ...whole.metadata, component: { ...whole.metadata.component, type: 'application', name: 'tollgate' } },
    // All of it runs; npm marks what is bundled as a tool of development.
    components: components.map((component) => ({ ...component, scope: 'required', properties: [] })),
    dependencies: whole.dependencies.filter((entry) => entry.ref === own || refs.has(entry.ref)).map(known),
  }
  writeFileSync(file, `${JSON.stringify(bill, null, 2)}\n`)
  return components.length
}

async function readWholeBill(file) {
  const output = openSync(file, 'w')
  try {
    const code = await runNpm(['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only', '--offline', '--loglevel=error'], {
      stdio: ['ignore', output, 'inherit'],
    })
    if (code !== 0) throw new Error(`npm sbom failed (exit code ${code}). It needs npm 10 or newer.`)
  } finally {
    closeSync(output)
  }
  const bill = JSON.parse(readFileSync(file, 'utf8'))
  rmSync(file)
  return bill
}

function readLock() {
  return JSON.parse(readFileSync(inRoot('package-lock.json'), 'utf8')).packages
}
