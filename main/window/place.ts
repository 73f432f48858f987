// Where the window was and where it comes up again: read, checked against the displays there are, written.
// Promises: a file that is damaged or from elsewhere is as good as none; a window is never out of reach; only size where the system decides the place.
// Leaves alone: the window (window.ts).

import type { Display, Rectangle } from 'electron'
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { replaceFileSync } from '../../gateway/kit/replace-file.ts'

export interface Place {
  readonly bounds: Rectangle
  readonly maximized: boolean
}
export type Placing = Partial<Rectangle> & { readonly width: number; readonly height: number; readonly maximized: boolean }

export const smallest = { width: 960, height: 600 } as const
const usual = { width: 1280, height: 800 } as const
const sideMax = 32_768
/** So much of the title bar must be on a display, for a hand to catch it. */
const catchable = { width: 120, height: 32 } as const

const side = z.int().min(-sideMax).max(sideMax)
const placeSchema = z.strictObject({
  bounds: z.strictObject({ x: side, y: side, width: z.int().min(1).max(sideMax), height: z.int().min(1).max(sideMax) }),
  maximized: z.boolean(),
})

export function readPlace(file: string): Place | null {
  try {
    return placeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // First start, a damaged file, or one of another version: the window comes up as new.
    return null
  }
}

export function writePlace(file: string, place: Place): void {
  replaceFileSync(file, JSON.stringify(placeSchema.parse(place)))
}

/** `ownPlace`: false under Wayland, where a program cannot place its windows. */
export function toPlacing(kept: Place | null, displays: readonly Display[], ownPlace: boolean): Placing {
  const size = kept === null ? usual : { width: Math.max(kept.bounds.width, smallest.width), height: Math.max(kept.bounds.height, smallest.height) }
  const maximized = kept?.maximized ?? false
  const home = kept === null ? undefined : displays.find(({ workArea }) => isCatchable(kept.bounds, workArea))
  const area = (home ?? displays[0])?.workArea
  const fitting = area === undefined ? size : { width: Math.min(size.width, area.width), height: Math.min(size.height, area.height) }
  if (kept === null || home === undefined || !ownPlace) return { ...fitting, maximized }
  return { x: kept.bounds.x, y: Math.max(kept.bounds.y, home.workArea.y), ...fitting, maximized }
}

function isCatchable(bounds: Rectangle, area: Rectangle): boolean {
  const across = Math.min(bounds.x + bounds.width, area.x + area.width) - Math.max(bounds.x, area.x)
  // The title bar is at the top: what is below it does not help.
  const down = Math.min(bounds.y + catchable.height, area.y + area.height) - Math.max(bounds.y, area.y - catchable.height)
  return across >= catchable.width && down >= catchable.height && bounds.y >= area.y - catchable.height
}
