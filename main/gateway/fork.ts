// What the care of the gateway needs of a child process, whoever starts it.
// Promises: `onExit` is told exactly once, after which there is no process any more. Leaves alone: Electron (utility-fork.ts).

import type { ShellMessage } from '../../gateway/contract/shell.ts'

export interface GatewayChild {
  /** null: not there yet, or gone. */
  readonly pid: number | null
  post(message: ShellMessage): void
  /** At once, whatever it is doing. */
  kill(): void
}
export interface ChildEars {
  onMessage(message: unknown): void
  /** Both streams, as they come. */
  onOutput(text: string): void
  /** `reason`: what the system says of it beyond the code. */
  onExit(code: number, reason: string | null): void
}
export type Fork = (ears: ChildEars) => GatewayChild
