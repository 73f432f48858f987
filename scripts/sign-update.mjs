// npm run sign-update: makes the one signed file that an installed copy updates itself from (options: --help).
// Promises: the key is read from the file given and goes nowhere else; without --key nothing is made. --new-key makes a pair.
// Leaves alone: packing. The public key belongs into resources/update-key.pem before the copies are packed that shall accept the updates.

import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { inRoot } from './steps/tools.mjs'
import { payloadOf, writeUpdate } from './steps/update-bundle.mjs'

const help = `Usage: npm run sign-update -- --key <private.pem> --payload <folder or file> [options]

  --payload <p>        the app's folder (Linux), an AppImage, or an installer
  --kind <kind>        tree (a folder's default) · file (an AppImage) · installer (any other file's default)
  --platform <name>    linux · darwin · win32 (this machine's)
  --arch <name>        x64 · arm64 (this machine's)
  --notes <file>       what is new, as text
  --out <file>         dist/tollgate-<version>-<platform>-<arch>.update

  --new-key <file>     makes a key instead: the private one into this file, the public one beside it as <file>.pub`

try {
  run()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}

function run() {
  const text = { type: 'string' }
  const { values } = parseArgs({
    options: { key: text, payload: text, kind: text, platform: text, arch: text, notes: text, out: text, 'new-key': text, help: { type: 'boolean' } },
  })
  if (values['new-key'] !== undefined) return makeKey(values['new-key'])
  if (values.help === true || values.key === undefined || values.payload === undefined) {
    process.stdout.write(`${help}\n`)
    process.exitCode = values.help === true ? 0 : 1
    return
  }
  signUpdate(values)
}

function signUpdate(values) {
  const { version, ledgerSchema } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'))
  const { platform = process.platform, arch = process.arch, payload } = values
  const kind = values.kind ?? (statSync(payload).isDirectory() ? 'tree' : payload.endsWith('.AppImage') ? 'file' : 'installer')
  const notes = values.notes === undefined ? '' : readFileSync(values.notes, 'utf8')
  const target = path.resolve(values.out ?? inRoot('dist', `tollgate-${version}-${platform}-${arch}.update`))
  const files = payloadOf(payload)
  writeUpdate({ version, platform, arch, kind, ledgerSchema, notes }, files, { privateKey: createPrivateKey(readFileSync(values.key)), target })
  process.stdout.write(`Signed: ${target} (version ${version}, ${files.length} files).\n`)
}

function makeKey(file) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' })
  writeFileSync(`${file}.pub`, publicKey.export({ type: 'spki', format: 'pem' }), { flag: 'wx' })
  process.stdout.write(`The private key is in ${file}: keep it off this machine and out of every repository. The public one is in ${file}.pub.\n`)
}
