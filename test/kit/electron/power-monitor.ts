// `powerMonitor`: sleep, waking, shutdown, emitted by a test. Promises: an event of shutdown can be prevented, as on Linux and macOS.
// Leaves alone: idle times, batteries. Source: https://www.electronjs.org/docs/latest/api/power-monitor (Electron 45, as known 2026-11-21).

import { EventEmitter } from 'node:events'
import { preventable, type PreventableEvent } from './event.ts'

class StandInPower extends EventEmitter {
  /** The driver. @returns the event, to see whether it was prevented */
  shutDown(): PreventableEvent {
    const event = preventable({})
    this.emit('shutdown', event)
    return event
  }
}
export const powerMonitor = new StandInPower()

export function resetPower(): void {
  powerMonitor.removeAllListeners()
}
