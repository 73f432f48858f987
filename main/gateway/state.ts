// What the shell knows of its one child, the gateway. Promises: every state that people can meet has its facts beside it. Leaves alone: wording it.

export type GatewayState =
  | { readonly kind: 'starting' }
  /** `token` opens the panel's reads and the admin routes for this boot of the gateway only. */
  | { readonly kind: 'serving'; readonly baseUrl: string; readonly token: string; readonly pid: number }
  | { readonly kind: 'port-taken'; readonly port: number; readonly owner: string | null }
  /** Ended by itself; starts again at `retryAtMs`. */
  | { readonly kind: 'waiting'; readonly reason: string; readonly retryAtMs: number; readonly crashes: number }
  | { readonly kind: 'stopping' }
  /** `reason` is null when it was asked to stop. */
  | { readonly kind: 'stopped'; readonly reason: string | null }

export interface Supervisor {
  readonly state: GatewayState
  onChange(listener: (state: GatewayState) => void): () => void
  start(): void
  /** Resolves when the child is gone; running requests may end within `drainMs`, then it is killed. */
  stop(drainMs: number): Promise<void>
  restart(drainMs: number): Promise<void>
  /** From now on nothing is started; what is asked for meanwhile is carried out once it is let go, as far as it is still wanted then. @returns lets it go */
  hold(): () => void
}
