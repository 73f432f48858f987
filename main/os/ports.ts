// What the duties need of the other parts of the shell, and no more. Promises: each is small enough to stand in for in a test.
// Leaves alone: how the window (main/window) and the supervisor (main/gateway) keep it.

import type { GatewayState, Supervisor } from '../gateway/state.ts'

/** The one window, made hidden. */
export interface PanelWindow {
  /** In front and focused; at a panel path when one is given. */
  show(path?: string): void
  /** Light or dark has changed. */
  recolour(): void
}
export interface WindowWishes {
  /** What its close button does. */
  readonly onClose: () => 'hide' | 'minimize' | 'close'
  readonly isDark: () => boolean
}

/** The supervisor, as far as the duties use it. */
export interface GatewayCare extends Supervisor {
  /** While one runs, nothing happens; while one stops, the next follows it. A port counts from the next start on. */
  start(options?: { readonly port?: number }): void
  /** Requests being answered. */
  readonly running: number
  /** The computer is about to sleep, and has woken. */
  suspended(): void
  resumed(): void
}

/** Where the gateway answers, and what opens its reads: of a state that serves. */
export type Address = Pick<Extract<GatewayState, { kind: 'serving' }>, 'baseUrl' | 'token'>

export interface Timer {
  nowMs(): number
  /** @returns how to call it off */
  after(delayMs: number, what: () => void): () => void
}

export const systemTimer: Timer = {
  nowMs: () => Date.now(),
  after(delayMs, what) {
    const timer = setTimeout(what, delayMs)
    return () => clearTimeout(timer)
  },
}

/** An error's own words, for people. */
export const wordError = (error: unknown): string => (error instanceof Error ? error.message : String(error))
