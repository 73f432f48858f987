// What package.json and package-lock.json must be: exact, complete for every platform, and free of addresses.
// Promises: one sentence per thing that is wrong. Takes parsed files, so that a wrong one can be made up.
// Leaves alone: which packages are worth having (the README gives each runtime dependency its reason).

import { isJsonObject, objectOf, textOf, type JsonObject } from '../../gateway/contract/json.ts'

export function pinViolations(manifest: unknown): readonly string[] {
  const blocks = ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((block) => Object.entries(fieldsOf(manifest, block)))
  return blocks.filter(([, version]) => !isExact(version)).map(([name, version]) => `${name}: ${JSON.stringify(version)} is not one exact version`)
}

const isExact = (version: unknown): boolean => typeof version === 'string' && /^(?:npm:@?[\w./-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version)

/** The lock names the versions package.json names. */
export function driftViolations(manifest: unknown, lock: unknown): readonly string[] {
  const top = objectOf(fieldsOf(lock, 'packages')['']) ?? {}
  return ['dependencies', 'devDependencies'].flatMap((block) => {
    const wanted = fieldsOf(manifest, block)
    const locked = fieldsOf(top, block)
    return [...new Set([...Object.keys(wanted), ...Object.keys(locked)])]
      .filter((name) => wanted[name] !== locked[name])
      .map((name) => `${name}: package.json and the lock disagree`)
  })
}

/**
 * Optional packages (one per platform) that a lock entry names and the lock does not hold. npm drops those it cannot find
 * while locking, and `npm ci` then fails with "Missing … from lock file" on every machine.
 */
export function missingPlatforms(lock: unknown): readonly string[] {
  const packages = fieldsOf(lock, 'packages')
  return Object.entries(packages).flatMap(([place, entry]) =>
    Object.keys(fieldsOf(entry, 'optionalDependencies'))
      .filter((name) => !placesOf(place, name).some((candidate) => packages[candidate] !== undefined))
      .map((name) => `${place === '' ? 'package.json' : place} names ${name}, which the lock does not hold`),
  )
}

/** Addresses in the lock would tie every install to one registry. */
export function addressViolations(lock: unknown): readonly string[] {
  return Object.entries(fieldsOf(lock, 'packages'))
    .filter(([, entry]) => textOf(objectOf(entry)?.['resolved']) !== undefined)
    .map(([place]) => `${place}: has a "resolved" address`)
}

/** Every package in the lock is checked by its digest. */
export function digestViolations(lock: unknown): readonly string[] {
  return Object.entries(fieldsOf(lock, 'packages'))
    .filter(([place, entry]) => place !== '' && textOf(objectOf(entry)?.['integrity']) === undefined && objectOf(entry)?.['inBundle'] !== true)
    .map(([place]) => `${place}: has no integrity digest`)
}

// Node's lookup: beside the package that wants it, then in each folder above.
function placesOf(place: string, name: string): readonly string[] {
  const places: string[] = []
  for (let at = place; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    places.push(`${at === '' ? '' : `${at}/`}node_modules/${name}`)
    if (at === '') return places
  }
}

function fieldsOf(value: unknown, name: string): JsonObject {
  return isJsonObject(value) ? (objectOf(value[name]) ?? {}) : {}
}
