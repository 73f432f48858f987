// Counts, tokens, durations and times as people read them.
// Promises: times are shown in the zone given, with its offset where money depends on it; nothing is rounded to zero.
// Leaves alone: money (money.ts).

// The panel ships in English; figures and dates follow it, whatever the browser's own language.
const language = 'en-GB'
const counts = new Intl.NumberFormat('en')

export function formatCount(count: number): string {
  return counts.format(count)
}

/** `842`, `12.4k`, `3.1M`. */
export function formatTokens(tokens: number): string {
  if (tokens < 1000) return String(tokens)
  if (tokens < 999_950) return `${trimZero((tokens / 1000).toFixed(1))}k`
  return `${trimZero((tokens / 1_000_000).toFixed(1))}M`
}

/** `0.42 ms`, `6.4 ms`, `842 ms`, `3.2 s`, `2 min 5 s`. */
export function formatMs(durationMs: number): string {
  if (durationMs > 0 && durationMs < 0.005) return '< 0.01 ms'
  if (durationMs > 0 && durationMs < 1) return `${durationMs.toFixed(2)} ms`
  if (durationMs < 9.95) return `${trimZero(durationMs.toFixed(1))} ms`
  if (durationMs < 999.5) return `${String(Math.round(durationMs))} ms`
  if (durationMs < 59_950) return `${trimZero((durationMs / 1000).toFixed(1))} s`
  const seconds = Math.round(durationMs / 1000)
  return `${String(Math.floor(seconds / 60))} min ${String(seconds % 60)} s`
}

/** `12:03:11` today, `21 Nov 12:03` before. */
export function formatMoment(atMs: number, nowMs: number, zone: string): string {
  const sameDay = dayKey(atMs, zone) === dayKey(nowMs, zone)
  return sameDay
    ? formatClock(atMs, zone)
    : `${part(zone, { day: 'numeric', month: 'short' }).format(atMs)} ${part(zone, { hour: '2-digit', minute: '2-digit' }).format(atMs)}`
}
export function formatClock(atMs: number, zone: string): string {
  return part(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(atMs)
}
/** `22 Nov 2026` */
export function formatDay(atMs: number, zone: string): string {
  return part(zone, { day: 'numeric', month: 'short', year: 'numeric' }).format(atMs)
}
/** `22 Nov` or `14:00`, for axes. */
export function formatBucket(atMs: number, zone: string, grain: 'hour' | 'day'): string {
  return grain === 'day' ? part(zone, { day: 'numeric', month: 'short' }).format(atMs) : part(zone, { hour: '2-digit', minute: '2-digit' }).format(atMs)
}
/** `22 Nov 2026, 12:03:11 GMT+01:00`: the whole truth, for titles and details. */
export function formatExact(atMs: number, zone: string): string {
  return part(zone, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  }).format(atMs)
}
/** `1 Dec 2026, 00:00`: when a budget period ends. */
export function formatReset(atMs: number, zone: string): string {
  return part(zone, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' }).format(atMs)
}
/** `1–30 Nov 2026`; the end is exclusive. */
export function formatSpan(fromMs: number, toMs: number, zone: string): string {
  const text = part(zone, { day: 'numeric', month: 'short', year: 'numeric' }).formatRange(fromMs, Math.max(fromMs, toMs - 1))
  // Browsers put thin, narrow or plain spaces around the dash, by version; between bare numbers none belongs there.
  return text.replace(/[\u2009\u202f\u00a0]/g, ' ').replace(/^(\d+) – (?=\d)/, '$1–')
}

const steps = [
  ['year', 31_557_600_000],
  ['month', 2_629_800_000],
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** `just now`, `3 min ago`, `in 5 days`. */
export function formatRelative(atMs: number, nowMs: number): string {
  const difference = atMs - nowMs
  for (const [unit, unitMs] of steps) {
    if (Math.abs(difference) < unitMs) continue
    // What ends in five days must not read as four a second later; what is past counts whole units only.
    const units = difference > 0 ? Math.round(difference / unitMs) : Math.trunc(difference / unitMs)
    return relative(unit === 'minute' ? 'short' : 'long').format(units, unit)
  }
  return difference > 0 ? 'in under a minute' : 'just now'
}

/** One word for a count of things: `1 request`, `2 requests`. */
export function plural(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

// Intl formatters cost about a tenth of a millisecond to build; lists need them by the hundred.
const formatters = new Map<string, Intl.DateTimeFormat>()
function part(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${Object.entries(options).join(' ')}`
  const known = formatters.get(key)
  if (known !== undefined) return known
  const made = new Intl.DateTimeFormat(language, { timeZone: zone, hourCycle: 'h23', ...options })
  formatters.set(key, made)
  return made
}
const relatives = new Map<string, Intl.RelativeTimeFormat>()
function relative(style: 'short' | 'long'): Intl.RelativeTimeFormat {
  const known = relatives.get(style) ?? new Intl.RelativeTimeFormat(language, { numeric: 'always', style })
  relatives.set(style, known)
  return known
}
function dayKey(atMs: number, zone: string): string {
  return part(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).format(atMs)
}
function trimZero(text: string): string {
  return text.replace(/\.0$/, '')
}
