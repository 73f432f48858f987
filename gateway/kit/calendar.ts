// Budget periods and report buckets in a time zone: LiteLLM's duration words, aligned to the calendar.
// Promises: half-open tiles without gap or overlap, also on 23- and 25-hour days; a day whose midnight is missing starts at its first instant.
// Leaves alone: what is counted in a period, and which zone is used.

export interface Period {
  readonly startMs: number
  /** null: never ends. */
  readonly endMs: number | null
}
export type Grain = 'hour' | 'day'

const secondMs = 1000
const minuteMs = 60 * secondMs
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const forever: Period = { startMs: 0, endMs: null }

/**
 * The period that holds `atMs`. `1d` local midnight; `7d` and `1w` Monday; `30d` and `1mo` the first of the month (LiteLLM's
 * duration_parser.py, as known 2026-11-21); other days, weeks and months tile from 1970; hours that divide a day tile each local day;
 * minutes and seconds that divide an hour follow the local clock; everything else tiles from the epoch.
 * @throws RangeError for a word that `isDuration` refuses, or an unknown zone
 */
export function periodAt(duration: string | null, atMs: number, zone: string): Period {
  return duration === null ? forever : tileAt(duration, atMs, zone)
}

export function isDuration(text: string): boolean {
  return /^[1-9]\d{0,3}(?:s|m|h|d|w|mo)$/.test(text)
}

/** Start of the hour or day of the local clock that holds `atMs`. An hour cut by a change of the clock is two buckets. */
export function bucketStart(atMs: number, grain: Grain, zone: string): number {
  return tileAt(grain === 'hour' ? '1h' : '1d', atMs, zone).startMs
}

/** Starts of all buckets that touch the half-open range, ascending. */
export function bucketsBetween(fromMs: number, toMs: number, grain: Grain, zone: string): number[] {
  const starts: number[] = []
  for (let at = fromMs; at < toMs;) {
    const tile = tileAt(grain === 'hour' ? '1h' : '1d', at, zone)
    starts.push(tile.startMs)
    at = tile.endMs
  }
  return starts
}

interface Tile {
  readonly startMs: number
  readonly endMs: number
}
// One tile per word and zone is enough: the hot path asks for now, again and again.
const lastTiles = new Map<string, Tile>()
const lastTilesMax = 1000

function tileAt(duration: string, atMs: number, zone: string): Tile {
  const slot = `${duration} ${zone}`
  const last = lastTiles.get(slot)
  if (last !== undefined && last.startMs <= atMs && atMs < last.endMs) return last
  const tile = findTile(duration, atMs, zone)
  if (lastTiles.size >= lastTilesMax) lastTiles.clear()
  lastTiles.set(slot, tile)
  return tile
}

function findTile(duration: string, atMs: number, zone: string): Tile {
  if (!isDuration(duration)) throw new RangeError(`not a duration: ${duration.slice(0, 20)}`)
  const count = Number.parseInt(duration, 10)
  const unit = duration.replace(/^\d+/, '')
  if (duration === '7d') return wallTile(weeks(1), atMs, zone)
  if (duration === '30d') return wallTile(months(1), atMs, zone)
  if (unit === 'mo') return wallTile(months(count), atMs, zone)
  if (unit === 'w') return wallTile(weeks(count), atMs, zone)
  if (unit === 'd') return wallTile(even(count * dayMs), atMs, zone)
  const lengthMs = count * (unit === 'h' ? hourMs : unit === 'm' ? minuteMs : secondMs)
  if (hourMs % lengthMs === 0) return clockTile(lengthMs, atMs, zone)
  const wholeDays = lengthMs % dayMs === 0
  if (wholeDays || (dayMs % lengthMs === 0 && lengthMs % hourMs === 0)) return wallTile(even(lengthMs), atMs, zone)
  const startMs = Math.floor(atMs / lengthMs) * lengthMs
  return { startMs, endMs: startMs + lengthMs }
}

/** Numbered tiles on the wall clock, where a wall time is written as if it were UTC. */
interface Ruler {
  indexOf(wallMs: number): number
  wallOf(index: number): number
}
const even = (lengthMs: number): Ruler => ({ indexOf: (wallMs) => Math.floor(wallMs / lengthMs), wallOf: (index) => index * lengthMs })

function weeks(count: number): Ruler {
  // 5 January 1970 was a Monday.
  const firstMs = 4 * dayMs
  const lengthMs = count * 7 * dayMs
  return { indexOf: (wallMs) => Math.floor((wallMs - firstMs) / lengthMs), wallOf: (index) => firstMs + index * lengthMs }
}

function months(count: number): Ruler {
  const monthOf = (wall: Date): number => (wall.getUTCFullYear() - 1970) * 12 + wall.getUTCMonth()
  return { indexOf: (wallMs) => Math.floor(monthOf(new Date(wallMs)) / count), wallOf: (index) => Date.UTC(1970, index * count, 1) }
}

function wallTile(ruler: Ruler, atMs: number, zone: string): Tile {
  let index = ruler.indexOf(atMs + offsetAt(atMs, zone))
  let startMs = firstInstantAt(ruler.wallOf(index), zone)
  // A clock set back over a boundary shows the old date again; the tile begins at the first time the boundary was reached.
  while (atMs < startMs) startMs = firstInstantAt(ruler.wallOf((index -= 1)), zone)
  let endMs = firstInstantAt(ruler.wallOf(index + 1), zone)
  while (atMs >= endMs) {
    index += 1
    startMs = endMs
    endMs = firstInstantAt(ruler.wallOf(index + 1), zone)
  }
  return { startMs, endMs }
}

/** Tiles of at most an hour: aligned to the wall clock, cut where the clock changes. */
function clockTile(lengthMs: number, atMs: number, zone: string): Tile {
  const offset = offsetAt(atMs, zone)
  const startMs = Math.floor((atMs + offset) / lengthMs) * lengthMs - offset
  const endMs = startMs + lengthMs
  return {
    startMs: offsetAt(startMs, zone) === offset ? startMs : changeBetween(startMs, atMs, zone),
    endMs: offsetAt(endMs - 1, zone) === offset ? endMs : changeBetween(atMs, endMs - 1, zone),
  }
}

/** The first instant at which the wall clock shows `wallMs` or, where that time is skipped, something later. */
export function firstInstantAt(wallMs: number, zone: string): number {
  const guess = wallMs - offsetAt(wallMs, zone)
  const early = guess - dayMs / 2
  const late = guess + dayMs / 2
  const before = offsetAt(early, zone)
  const after = offsetAt(late, zone)
  if (before === after) return wallMs - before
  const changeMs = changeBetween(early, late, zone)
  if (wallMs - before < changeMs) return wallMs - before
  return Math.max(wallMs - after, changeMs)
}

/** The first instant after `early` with the offset of `late`. Expects one change between them. */
function changeBetween(early: number, late: number, zone: string): number {
  const after = readOffset(late, zone)
  let low = Math.floor(early / secondMs)
  let high = Math.ceil(late / secondMs)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (readOffset(middle * secondMs, zone) === after) high = middle
    else low = middle
  }
  return high * secondMs
}

// Asking Intl costs microseconds, so offsets are kept per block of 32 days: one offset, or two around a change.
const blockMs = 32 * dayMs
const blocksMax = 5000
interface Block {
  readonly before: number
  readonly changes: readonly { readonly atMs: number; readonly offset: number }[]
}
const zoneBlocks = new Map<string, Map<number, Block>>()

/** Milliseconds to add to UTC for the wall clock of the zone at an instant. */
export function offsetAt(atMs: number, zone: string): number {
  let blocks = zoneBlocks.get(zone)
  if (blocks === undefined) zoneBlocks.set(zone, (blocks = new Map<number, Block>()))
  const number = Math.floor(atMs / blockMs)
  let block = blocks.get(number)
  if (block === undefined) {
    if (blocks.size >= blocksMax) blocks.clear()
    blocks.set(number, (block = readBlock(number * blockMs, zone)))
  }
  let { before: offset } = block
  for (const change of block.changes) if (atMs >= change.atMs) offset = change.offset
  return offset
}

function readBlock(startMs: number, zone: string): Block {
  const before = readOffset(startMs, zone)
  const changes: { atMs: number; offset: number }[] = []
  let known = before
  // Two days apart: no zone has changed its clock twice within that time since 1970.
  for (let atMs = startMs; atMs < startMs + blockMs; atMs += 2 * dayMs) {
    const offset = readOffset(atMs + 2 * dayMs, zone)
    if (offset !== known) changes.push({ atMs: changeBetween(atMs, atMs + 2 * dayMs, zone), offset })
    known = offset
  }
  return { before, changes }
}

const formats = new Map<string, Intl.DateTimeFormat>()
const formatsMax = 1000

/** Milliseconds to add to UTC for the zone's wall clock. */
function readOffset(atMs: number, zone: string): number {
  let format = formats.get(zone)
  if (format === undefined) {
    if (formats.size >= formatsMax) formats.clear()
    const digits = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
    formats.set(
      zone,
      (format = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', calendar: 'gregory', numberingSystem: 'latn', ...digits })),
    )
  }
  const [month = 1, day = 1, year = 1970, hour = 0, minute = 0, second = 0] = (format.format(atMs).match(/\d+/g) ?? []).map(Number)
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(atMs / secondMs) * secondMs
}
