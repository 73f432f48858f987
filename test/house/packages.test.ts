// The manifest and its lock are exact, complete and free of addresses.
// Promises: held against the files as they are, and against made-up ones that must fail.

import { expect, it } from 'vitest'
import { addressViolations, digestViolations, driftViolations, missingPlatforms, pinViolations } from './packages.ts'
import { readText } from './source-files.ts'

const manifest: unknown = JSON.parse(readText('package.json'))
const lock: unknown = JSON.parse(readText('package-lock.json'))

it('package.json names one exact version of each package', () => {
  expect(pinViolations(manifest)).toEqual([])
  expect(pinViolations({ dependencies: { a: '^1.0.0', b: '*', c: 'latest', d: '1.2.3', e: 'npm:@x/e@2.1.2' } })).toHaveLength(3)
})

it('the lock agrees with package.json', () => {
  expect(driftViolations(manifest, lock)).toEqual([])
  expect(driftViolations({ dependencies: { a: '1.0.0' } }, { packages: { '': { dependencies: { a: '*' } } } })).toHaveLength(1)
})

it('the lock holds every platform package that its entries name', () => {
  expect(missingPlatforms(lock)).toEqual([])
  const holes = {
    packages: { '': {}, 'node_modules/a': { optionalDependencies: { 'a-linux': '1', 'a-mac': '1' } }, 'node_modules/a/node_modules/a-linux': {} },
  }
  expect(missingPlatforms(holes)).toEqual(['node_modules/a names a-mac, which the lock does not hold'])
})

it('the lock names no registry', () => {
  expect(addressViolations(lock)).toEqual([])
  expect(readText('.npmrc')).toContain('omit-lockfile-registry-resolved=true')
  expect(addressViolations({ packages: { 'node_modules/a': { resolved: 'https://example.org/a.tgz' } } })).toHaveLength(1)
})

it('the lock holds a digest for every package', () => {
  expect(digestViolations(lock)).toEqual([])
  expect(digestViolations({ packages: { '': {}, 'node_modules/a': { version: '1.0.0' } } })).toHaveLength(1)
})
