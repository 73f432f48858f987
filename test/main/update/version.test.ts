// Versions are compared by the rules of Semantic Versioning.
// Promises: the order of its own example, and nothing but versions is one.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { schemaVersion } from '../../../gateway/ledger/migrate.ts'
import manifest from '../../../package.json' with { type: 'json' }
import { compareVersions, parseVersion } from '../../../main/update/version.ts'

// https://semver.org/#spec-item-11, as known 2026-11-21
const ordered = [
  '0.9.9',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.0.1',
  '1.2.0',
  '1.10.0',
  '2.0.0',
]

const compare = (left: string, right: string): number => {
  const [one, other] = [parseVersion(left), parseVersion(right)]
  if (one === null || other === null) throw new Error('a version was expected')
  return Math.sign(compareVersions(one, other))
}

it('has the order of the specification, both ways', () => {
  ordered.forEach((left, at) => {
    ordered.forEach((right, other) => expect([left, right, compare(left, right)]).toEqual([left, right, Math.sign(at - other)]))
  })
})

it.each(['', '1', '1.2', '1.2.3.4', 'v1.2.3', '01.2.3', '1.2.3-', '1.2.3-01', '1.2.3+build', ' 1.2.3', '1.2.3\n', '1.2.-3', '9999999999.0.0'])(
  '%j is no version',
  (text) => {
    expect(parseVersion(text)).toBeNull()
  },
)

it('orders any three versions without contradiction', () => {
  const part = fc.nat(3)
  const pre = fc.option(fc.array(fc.constantFrom('a', 'b', '1', '2', '11'), { minLength: 1, maxLength: 3 }), { nil: [] })
  const version = fc.record({ numbers: fc.tuple(part, part, part), preRelease: pre })
  fc.assert(
    fc.property(version, version, version, (a, b, c) => {
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0)
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) expect(compareVersions(a, c)).toBeLessThanOrEqual(0)
    }),
  )
})

it('package.json names the schema that the ledger has', () => {
  expect(manifest.ledgerSchema).toBe(schemaVersion)
})
