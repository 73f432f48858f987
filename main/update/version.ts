// Compares versions by the rules of Semantic Versioning 2.0.0 (https://semver.org, as known 2026-11-21).
// Promises: anything else than such a version is null. Leaves alone: ranges.

export interface Version {
  readonly numbers: readonly number[]
  /** Empty for a release. */
  readonly preRelease: readonly string[]
}

const shape =
  /^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(?:-((?:0|[1-9]\d{0,8}|\d*[a-zA-Z-][\dA-Za-z-]*)(?:\.(?:0|[1-9]\d{0,8}|\d*[a-zA-Z-][\dA-Za-z-]*))*))?$/

export function parseVersion(text: string): Version | null {
  const found = shape.exec(text)
  return found === null ? null : { numbers: found.slice(1, 4).map(Number), preRelease: found[4]?.split('.') ?? [] }
}

/** Below zero: `left` is older. */
export function compareVersions(left: Version, right: Version): number {
  const number = left.numbers.map((part, index) => part - (right.numbers[index] ?? 0)).find((difference) => difference !== 0)
  return number ?? comparePreReleases(left.preRelease, right.preRelease)
}

function comparePreReleases(left: readonly string[], right: readonly string[]): number {
  // A release comes after all its pre-releases.
  if (left.length === 0 || right.length === 0) return right.length - left.length
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const difference = compareParts(left[index] ?? '', right[index] ?? '')
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Numbers by value, words by their letters, and numbers before words. */
function compareParts(left: string, right: string): number {
  const [leftIsNumber, rightIsNumber] = [/^\d+$/.test(left), /^\d+$/.test(right)]
  if (leftIsNumber && rightIsNumber) return Number(left) - Number(right)
  if (leftIsNumber !== rightIsNumber) return leftIsNumber ? -1 : 1
  return left === right ? 0 : left < right ? -1 : 1
}
