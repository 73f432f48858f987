// Figures, times and names as the tray, notices and dialogs word them.
// Promises: money is never rounded up to look like none; a name has no control characters and a bounded length. Leaves alone: whole sentences.

import { shellLimits } from './limits.ts'

const counts = new Intl.NumberFormat('en-US')
const clocks = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })

/** `1,284 requests`, `1 request`. */
export function countOf(count: number, thing: string): string {
  return `${counts.format(count)} ${thing}${count === 1 ? '' : 's'}`
}

/** Of decimal text: `4.120000000` is `$4.12`; what is below a cent but not nothing is `under $0.01`. */
export function toDollars(usd: string): string {
  const [, sign = '', whole = '0', fraction = ''] = /^(-?)(\d+)(?:\.(\d*))?$/.exec(usd) ?? []
  const cents = BigInt(whole) * 100n + BigInt(fraction.padEnd(3, '0').slice(0, 2)) + (Number(fraction[2] ?? '0') >= 5 ? 1n : 0n)
  if (cents === 0n) return /[1-9]/.test(fraction) ? 'under $0.01' : '$0.00'
  return `${sign}$${counts.format(cents / 100n)}.${String(cents % 100n).padStart(2, '0')}`
}

export const clockTime = (atMs: number): string => clocks.format(atMs)

/** Control characters, and those that turn the direction of text, come out of names people or vendors gave. */
export function plainText(text: string, lengthMax: number = shellLimits.nameLengthMax): string {
  const clean = text
    .replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim()
  return clean.length <= lengthMax ? clean : `${clean.slice(0, lengthMax - 1)}…`
}

/** `http://127.0.0.1:4000` is `127.0.0.1:4000`. */
export const addressOf = (baseUrl: string): string => URL.parse(baseUrl)?.host ?? baseUrl
/** What clients of OpenAI's formats are pointed at. */
export const clientUrlOf = (baseUrl: string): string => `${new URL(baseUrl).origin}/v1`
