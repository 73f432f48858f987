// Dollars as decimal strings: exact reading, comparing, adding and showing, on whole nano-dollars.
// Promises: no floating point between an answer of the gateway and a figure on screen; an amount above zero is never shown as zero.
// Leaves alone: the height of a column in a chart (toChartUsd), where a fraction of a pixel is all that is lost.

const places = 9
const scale = 10n ** BigInt(places)

/** `$1,204.50`, `$12.34`, `$0.0123`, `$0.000042`, `$0`. */
export function formatUsd(text: string): string {
  return showNano(readNano(text))
}

/** Every digit that is not a trailing zero, at least two: `$1,204.512345`. */
export function formatUsdExact(text: string): string {
  const nano = readNano(text)
  if (nano === 0n) return '$0'
  const { sign, whole, fraction } = split(nano)
  return `${sign}$${group(whole)}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`
}

/** Decimal dollars as nano-dollars; digits past the ninth are cut. What is not a number is an error in the gateway, not zero. @throws RangeError */
export function readNano(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text.trim())
  if (match === null) throw new RangeError(`not an amount in dollars: ${text.slice(0, 40)}`)
  const digits = `${match[2] ?? ''}${(match[3] ?? '').slice(0, places).padEnd(places, '0')}`
  const nano = BigInt(digits)
  return match[1] === '-' ? -nano : nano
}

export function sumUsd(texts: readonly string[]): string {
  return toUsdText(texts.reduce((total, text) => total + readNano(text), 0n))
}

export function toUsdText(nano: bigint): string {
  const { sign, whole, fraction } = split(nano)
  return `${sign === '' ? '' : '-'}${whole}.${fraction}`
}

export function compareUsd(left: string, right: string): number {
  const difference = readNano(left) - readNano(right)
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

export function isZeroUsd(text: string): boolean {
  return readNano(text) === 0n
}

/** Per mille of a whole, rounded down, so that 100 % is reached only when it is. null when the whole is nothing. */
export function perMille(part: string, whole: string): number | null {
  const base = readNano(whole)
  return base <= 0n ? null : Number((readNano(part) * 1000n) / base)
}

export interface Change {
  readonly direction: 'up' | 'down' | 'same'
  /** `$3.20`, without a sign. */
  readonly amount: string
  /** `12.4 %`, without a sign; null when there was nothing before. */
  readonly percent: string | null
}
export function changeOf(now: string, before: string): Change {
  return changeOfWhole(readNano(now), readNano(before), showNano)
}
export function changeOfCount(now: number, before: number): Change {
  return changeOfWhole(BigInt(now), BigInt(before), (count) => group(count.toString()))
}

/** A billion dollars: the largest budget the gateway keeps. */
export const budgetMaxUsd = '1000000000'

/** For drawing only. */
export function toChartUsd(text: string): number {
  return Number(text)
}

/**
 * What someone typed as a dollar amount: `25`, `25.5`, `.5`, `1,000`, `$25`. null when it cannot be kept exactly (more than nine places or fifteen
 * digits), or when a comma does not stand where thousands end: `0,125` is an eighth to many, and must not become 125.
 */
export function readTypedUsd(typed: string): string | null {
  const plain = typed.trim().replace(/^\$\s*/, '')
  const match = /^([1-9]\d{0,2}(?:,\d{3}){1,3}|\d{1,12})?(?:\.(\d{0,9}))?$/.exec(plain)
  if (match === null || !/\d/.test(plain)) return null
  const whole = (match[1] ?? '0').replaceAll(',', '').replace(/^0+(?=\d)/, '')
  const fraction = (match[2] ?? '').replace(/0+$/, '')
  return whole.length + fraction.length > 15 ? null : fraction === '' ? whole : `${whole}.${fraction}`
}

function changeOfWhole(now: bigint, before: bigint, show: (amount: bigint) => string): Change {
  const difference = now - before
  const size = difference < 0n ? -difference : difference
  const tenths = before === 0n ? null : (size * 1000n + before / 2n) / before
  const percent = tenths === null ? null : `${group((tenths / 10n).toString())}.${(tenths % 10n).toString()} %`
  return { direction: difference === 0n ? 'same' : difference > 0n ? 'up' : 'down', amount: show(size), percent }
}

function showNano(nano: bigint): string {
  if (nano === 0n) return '$0'
  const size = nano < 0n ? -nano : nano
  // Two places from a dollar up; below, three digits that mean something, so that small costs stay readable.
  const kept = size >= scale ? 2 : Math.min(places, Math.max(2, places - size.toString().length + 3))
  const unit = 10n ** BigInt(places - kept)
  const rounded = ((size + unit / 2n) / unit) * unit
  const { whole, fraction } = split(rounded)
  const shown = fraction.slice(0, kept).replace(/0+$/, '').padEnd(2, '0')
  return `${nano < 0n ? '−' : ''}$${group(whole)}.${shown}`
}

function split(nano: bigint): { readonly sign: string; readonly whole: string; readonly fraction: string } {
  const size = nano < 0n ? -nano : nano
  return { sign: nano < 0n ? '−' : '', whole: (size / scale).toString(), fraction: (size % scale).toString().padStart(places, '0') }
}

function group(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',')
}
