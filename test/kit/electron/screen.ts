// `screen`: the displays of this machine, as a test arranges them. Promises: Electron's rule for the display that holds most of a rectangle.
// Leaves alone: scale, touch, colours. Source: https://www.electronjs.org/docs/latest/api/screen (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'
import { EventEmitter } from 'node:events'

type Used = 'getAllDisplays' | 'getDisplayMatching' | 'getPrimaryDisplay'

/** The part of a display that Tollgate reads. */
export const displayAt = (bounds: Electron.Rectangle, panelHeight = 40): Electron.Display =>
  ({ id: bounds.x * 7919 + bounds.y, bounds, workArea: { ...bounds, height: bounds.height - panelHeight }, scaleFactor: 1 }) as Electron.Display

class StandInScreen extends EventEmitter {
  /** The first is the primary one. */
  displays: readonly Electron.Display[] = [displayAt({ x: 0, y: 0, width: 1920, height: 1080 })]
  getAllDisplays(): Electron.Display[] {
    return [...this.displays]
  }
  getPrimaryDisplay(): Electron.Display {
    const [first] = this.displays
    if (first === undefined) throw new Error('no display')
    return first
  }
  getDisplayMatching(rect: Electron.Rectangle): Electron.Display {
    const shared = ({ bounds }: Electron.Display): number =>
      overlap([bounds.x, bounds.width], [rect.x, rect.width]) * overlap([bounds.y, bounds.height], [rect.y, rect.height])
    return [...this.displays].sort((left, right) => shared(right) - shared(left))[0] ?? this.getPrimaryDisplay()
  }
}

/** Of two intervals, each with its start and its length. */
const overlap = ([left, leftLength]: readonly [number, number], [right, rightLength]: readonly [number, number]): number =>
  Math.max(0, Math.min(left + leftLength, right + rightLength) - Math.max(left, right))

export const screen = new StandInScreen() satisfies Pick<Electron.Screen, Used>
export function resetScreen(): void {
  screen.displays = [displayAt({ x: 0, y: 0, width: 1920, height: 1080 })]
}
