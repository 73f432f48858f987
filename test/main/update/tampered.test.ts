// Updates that were changed, mixed up or made up: none is applied, and nothing of the installation, the ledger or the running gateway is touched.
// Promises: each tampering starts from a bundle that is accepted as it is, and is refused with a sentence that says why.
// Leaves alone: what a sound update does (install.test.ts).

import { createHash } from 'node:crypto'
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { installUpdate, type UpdateTools } from '../../../main/update/install.ts'
import { judgeUpdate } from '../../../main/update/judge.ts'
import { payloadOf, signedHead, writeUpdate } from '../../../scripts/steps/update-bundle.mjs'
import { createGround, installed, keyPair, nextFacts, snapshot, type Facts, type Ground } from './update-ground.ts'

let ground: Ground
let touched: string[] = []
let before: Readonly<Record<string, string>> = {}
let sound = ''
let payload = ''
const texts = { 'program.txt': 'the new program', 'parts/data.txt': 'new data' }

beforeEach(() => {
  ground = createGround()
  touched = []
  ground.layOut('app', { tollgate: '#!/bin/sh\n', 'data.txt': 'old' })
  before = snapshot(ground.place)
  payload = ground.layOut('payload', texts)
  sound = ground.bundle(payload)
})
afterEach(() => ground.clear())

const tools = (): UpdateTools => ({
  installed,
  installation: { kind: 'tree', place: ground.place },
  publicKey: ground.publicKey,
  folder: ground.at('notes'),
  supervisor: { start: () => void touched.push('start'), stop: async () => void touched.push('stop'), hold: () => () => undefined },
  ledger: async (...parameters) => {
    touched.push(parameters.join(' '))
    return { code: 1, printed: 'no ledger is touched by a tampered update' }
  },
  launch: (program) => {
    touched.push(program)
    return { started: Promise.resolve(true), ended: Promise.resolve(), kill: async () => undefined }
  },
  drainMs: 0,
  readyTimeoutMs: 1000,
})

async function expectRefused(file: string, reason: RegExp, changed: Partial<UpdateTools> = {}): Promise<void> {
  const result = await installUpdate(file, { ...tools(), ...changed })
  expect(result).toEqual({ kind: 'refused', reason: expect.stringMatching(reason) })
  expect(touched).toEqual([])
  expect(snapshot(ground.place)).toEqual(before)
  for (const rest of [`${ground.place}.next`, `${ground.place}.next.incoming`, `${ground.place}.previous`, ground.at('notes')])
    expect([rest, existsSync(rest)]).toEqual([rest, false])
}

const bytes = (): Buffer => readFileSync(sound)
function put(changed: Buffer): string {
  writeFileSync(ground.at('changed.update'), changed)
  return ground.at('changed.update')
}
const replaced = (from: string, to: string): string => put(Buffer.from(bytes().toString('latin1').replace(from, to), 'latin1'))
const headLength = (): number => 'tollgate-update-1\n'.length + 4
const entry = (path: string, text = 'x'): Record<string, unknown> => ({
  path,
  bytes: text.length,
  sha256: createHash('sha256').update(text).digest('hex'),
  executable: false,
})
/** Signed with the right key, whatever it says: what a careless publisher could make, or a thief of the key. */
function signed(facts: Partial<Facts> & Record<string, unknown>, files: readonly unknown[] = [entry('a.txt')], content = 'x'): string {
  return put(Buffer.concat([signedHead({ product: 'tollgate', ...nextFacts, files, ...facts }, ground.privateKey), Buffer.from(content)]))
}

it('the bundle that all of them start from is accepted', async () => {
  expect(await judgeUpdate(sound, installed, ground.publicKey)).toEqual({ kind: 'ready', version: '1.3.0', notes: 'Better.', ledgerChanges: false })
  expect(await judgeUpdate(signed({}), installed, ground.publicKey)).toMatchObject({ kind: 'ready' })
})

describe('an update is not applied when', () => {
  it.each<[string, () => string, RegExp]>([
    [
      'a file in it was swapped for another of the same length',
      () => replaced('the new program', 'the bad program'),
      /not the one that was signed: program\.txt/,
    ],
    ['its list of contents was altered', () => replaced('"version":"1.3.0"', '"version":"9.3.0"'), /signature of this update is wrong/],
    ['a checksum in its list was altered', () => replaced('"sha256":"', '"sha256":"0'), /signature of this update is wrong|not complete/],
    [
      'its signature was altered',
      () => {
        const all = bytes()
        const at = headLength() + all.readUInt32BE('tollgate-update-1\n'.length)
        all.writeUInt8(all.readUInt8(at) ^ 1, at)
        return put(all)
      },
      /signature of this update is wrong/,
    ],
    [
      'its signature is missing',
      () => {
        const all = bytes()
        const at = headLength() + all.readUInt32BE('tollgate-update-1\n'.length)
        return put(Buffer.concat([all.subarray(0, at), all.subarray(at + 64)]))
      },
      /signature of this update is wrong|not complete/,
    ],
    [
      'it was signed with another key',
      () => {
        writeUpdate(nextFacts, payloadOf(payload), { privateKey: keyPair().privateKey, target: ground.at('foreign.update') })
        return ground.at('foreign.update')
      },
      /signature of this update is wrong/,
    ],
    ['its end is missing', () => put(bytes().subarray(0, -3)), /not complete/],
    ['all but its mark is missing', () => put(bytes().subarray(0, 20)), /not complete/],
    ['it is empty', () => put(Buffer.alloc(0)), /not complete/],
    ['something was added to its end', () => put(Buffer.concat([bytes(), Buffer.from('extra')])), /holds more than it lists/],
    ['it is older', () => ground.bundle(payload, { version: '1.1.9' }), /older than the installed 1\.2\.0/],
    ['it is a pre-release of what is installed', () => ground.bundle(payload, { version: '1.2.0-rc.1' }), /older than the installed/],
    ['it is the same version', () => ground.bundle(payload, { version: '1.2.0' }), /already installed/],
    ['its version is no version', () => signed({ version: '1.3' }), /its version is none/],
    ['it is for another system', () => ground.bundle(payload, { platform: 'win32' }), /is for win32 x64/],
    ['it is for another processor', () => ground.bundle(payload, { arch: 'arm64' }), /is for linux arm64/],
    [
      'it is for another kind of installation',
      () => ground.bundle(ground.layOut('single', { 'a.AppImage': 'x' }), { kind: 'file' }),
      /another kind of installation/,
    ],
    ['it would go back to an older ledger', () => ground.bundle(payload, { ledgerSchema: 1 }), /cannot read the ledger/],
    ['it is another program’s', () => signed({ product: 'tollbooth' }), /another program/],
    ['it is no update at all', () => put(Buffer.from('PK\u0003\u0004 something else entirely, as long as a head')), /not an update file of Tollgate/],
    [
      'it claims a list of four gigabytes',
      () => put(Buffer.concat([bytes().subarray(0, 18), Buffer.from('ffffffff', 'hex'), bytes().subarray(22)])),
      /lists more than any update may hold/,
    ],
    ['its files are larger than any update may be', () => signed({}, [{ ...entry('a.txt'), bytes: 2 ** 40 }]), /larger than any update/],
    ['a file has a negative size', () => signed({}, [{ ...entry('a.txt'), bytes: -1 }, entry('b.txt')]), /a file has no size/],
    ['a file is in it twice, but for upper case', () => signed({}, [entry('a.txt'), entry('A.txt')], 'xx'), /in it twice/],
    ['it holds no files', () => signed({}, [], ''), /no files/],
    ['an entry is a symbolic link', () => signed({}, [{ ...entry('a.txt'), link: '/etc/passwd' }]), /does not know \("link"\)/],
    ['an entry sets a mode', () => signed({}, [{ ...entry('a.txt'), mode: 0o4755 }]), /does not know \("mode"\)/],
    [
      'its list is no JSON',
      () => put(Buffer.concat([Buffer.from('tollgate-update-1\n'), Buffer.from([0, 0, 0, 1]), Buffer.from('{'), Buffer.alloc(64)])),
      /signature/,
    ],
  ])('%s', async (_what, make, reason) => {
    await expectRefused(make(), reason)
  })

  it.each([
    '../a',
    'a/../../b',
    '/etc/cron.d/a',
    'a//b',
    './a',
    'a/.',
    'C:/a',
    'a\\..\\b',
    'a\u0000',
    'a/',
    '',
    'nul',
    'a/COM1.txt',
    'a. ',
    'a:b',
    `${'d/'.repeat(40)}a`,
    'a'.repeat(300),
  ])('a file is named %j', async (path) => {
    await expectRefused(signed({}, [entry(path)]), /outside its folder/)
  })

  it('there is no key to check it with, or one of another kind', async () => {
    await expectRefused(sound, /no key to check updates with/, { publicKey: null })
  })

  it('a package manager installed what is there', async () => {
    await expectRefused(sound, /package manager/, { installed: { ...installed, kind: null } })
  })
})

it('every single byte counts: no bundle with one bit turned is applied', async () => {
  const all = bytes()
  for (let at = 0; at < all.length; at += 1) {
    const changed = Buffer.from(all)
    changed.writeUInt8(changed.readUInt8(at) ^ (1 << (at % 8)), at)
    await expectRefused(put(changed), /./)
  }
}, 120_000)

it('no cut of it is applied', async () => {
  const all = bytes()
  for (let length = 0; length < all.length; length += 1) await expectRefused(put(all.subarray(0, length)), /./)
}, 120_000)

it('a bundle that holds a symbolic link cannot even be made', () => {
  symlinkSync('/etc/passwd', `${payload}/link`)
  expect(() => payloadOf(payload)).toThrow('neither a file nor a folder')
  expect(dirname(payloadOf(ground.layOut('other', texts))[0]?.path ?? '')).toBe('parts')
})
