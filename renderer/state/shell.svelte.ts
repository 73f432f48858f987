// What the desktop shell knows of the gateway, in the window; in a browser there is nothing to know.
// Promises: one open question at a time; a shell that does not answer is asked again later, and not in haste.
// Leaves alone: what the gateway itself answers (session, live).

import type { GatewayView } from '../../main/ipc/contract.ts'
import { desktop } from '../lib/desktop.ts'

const retryAfterMs = 5000

class Shell {
  gateway = $state.raw<GatewayView | null>(null)
  readonly present = desktop !== null
  /** A sentence for people; null: there is nothing to say. */
  readonly sentence: string | null = $derived(this.gateway === null ? null : wordGateway(this.gateway))

  /** Follows until the returned function is called. */
  follow(onServing: () => void): () => void {
    let wanted = true
    const ask = async (): Promise<void> => {
      let seen = 0
      while (wanted && desktop !== null) {
        try {
          const news = await desktop.gatewayNews(seen)
          seen = news.version
          const came = news.state.kind === 'serving' && this.gateway?.kind !== 'serving'
          this.gateway = news.state
          if (came && wanted) onServing()
        } catch {
          // The shell is busy or going; the window has other ways to tell that nothing answers.
          await new Promise((resolve) => window.setTimeout(resolve, retryAfterMs))
        }
      }
    }
    void ask()
    return () => {
      wanted = false
    }
  }
}

function wordGateway(state: GatewayView): string | null {
  switch (state.kind) {
    case 'serving':
      return null
    case 'starting':
      return 'The gateway is starting.'
    case 'stopping':
      return 'The gateway is stopping.'
    case 'port-taken':
      return `Port ${String(state.port)} is taken${state.owner === null ? '' : ` by ${state.owner}`}. Stop that program, then start the gateway again.`
    case 'waiting':
      return `The gateway ended (${state.reason}). It starts again by itself.`
    case 'stopped':
      return state.reason === null ? 'The gateway is stopped.' : `The gateway is stopped: ${state.reason}`
  }
}

export const shell = new Shell()
