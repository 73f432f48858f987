// Sleep, waking and shutdown, as the operating system tells them.
// Promises: nothing is asked while it sleeps, and everything anew after waking; a shutdown is obeyed at once, without a question.
// Leaves alone: Windows' end of a session, which its window hears (close-and-quit.ts). Source: https://www.electronjs.org/docs/latest/api/power-monitor, as known 2026-11-21.

import { powerMonitor } from 'electron'

export interface PowerListener {
  suspend(): void
  resume(): void
  shutdown(): void
}

export function listenToPower(listeners: readonly Partial<PowerListener>[]): void {
  powerMonitor.on('suspend', () => listeners.forEach((listener) => listener.suspend?.()))
  powerMonitor.on('resume', () => listeners.forEach((listener) => listener.resume?.()))
  powerMonitor.on('shutdown', (...given: unknown[]) => {
    // Linux and macOS wait a moment when asked to, which is what draining takes; Electron's types leave the event out.
    if (isPreventable(given[0])) given[0].preventDefault()
    listeners.forEach((listener) => listener.shutdown?.())
  })
}

function isPreventable(event: unknown): event is { preventDefault(): void } {
  return typeof event === 'object' && event !== null && 'preventDefault' in event && typeof event.preventDefault === 'function'
}
