// Who is signed in and what the gateway says about itself.
// Promises: a 401 anywhere leads to the sign-in page, except in the desktop's window, where nobody signs in; the single-use code leaves the address bar before it is used.
// Leaves alone: the cookie, which no script can read.

import type { PanelSession } from '../../gateway/contract/panel.ts'
import { baseUrlFrom } from '../lib/address.ts'
import { desktop } from '../lib/desktop.ts'
import { ApiError, observeCalls, readSession, signInWithAdminKey, signInWithCode, signOut } from '../lib/api.ts'

export type SessionState = 'asking' | 'in' | 'out' | 'unreachable'

/** The window signs nobody in: the shell vouches for it, and when that fails there is no form that would help. */
const whenSignedOut = desktop === null ? 'out' : 'unreachable'
const notKnown = 'The gateway does not know this window. Restart the gateway.'

class Session {
  state = $state<SessionState>('asking')
  facts = $state.raw<PanelSession | null>(null)
  problem = $state<string | null>(null)
  readonly zone: string = $derived(this.facts?.zone ?? 'UTC')

  constructor() {
    observeCalls((error) => {
      if (error?.kind === 'signed-out' && this.state === 'in') {
        this.state = whenSignedOut
        this.problem = desktop === null ? 'The session has ended. Sign in again.' : notKnown
      }
    })
  }

  async start(): Promise<void> {
    // A link that is pasted where the panel is open already changes the fragment and loads nothing.
    window.addEventListener('hashchange', () => {
      const code = takeCode()
      if (code !== null) void this.#enter(code)
    })
    const code = takeCode()
    await (code === null ? this.refresh() : this.#enter(code))
  }

  async signIn(adminKey: string): Promise<void> {
    if (await this.#exchange(() => signInWithAdminKey(adminKey))) await this.refresh()
  }

  /** Whoever has a session needs no code: a link that was used up leads in all the same. */
  async #enter(code: string): Promise<void> {
    if (this.state === 'in') await this.refresh()
    if (this.state === 'in') return
    const entered = await this.#exchange(() => signInWithCode(code))
    const { problem } = this
    await this.refresh()
    if (!entered && this.state === 'out') this.problem = problem
  }

  async leave(): Promise<void> {
    await signOut()
    this.facts = null
    this.state = 'out'
    this.problem = null
  }

  async refresh(): Promise<void> {
    try {
      const facts = await readSession()
      this.facts = { ...facts, baseUrl: baseUrlFrom(facts.baseUrl, desktop === null ? window.location : null) }
      this.state = 'in'
      this.problem = null
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.kind === 'signed-out') this.state = whenSignedOut
      // Inside, a lost line is a banner over the data that is there; before, there is nothing to show.
      else if (this.state !== 'in') this.state = 'unreachable'
      if (error.kind !== 'signed-out') this.problem = error.message
      else if (desktop !== null) this.problem = notKnown
    }
  }

  async #exchange(attempt: () => Promise<unknown>): Promise<boolean> {
    try {
      await attempt()
      return true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.state = error.kind === 'unreachable' ? 'unreachable' : 'out'
      this.problem = error.message
      return false
    }
  }
}

// The code sits in the fragment, which browsers do not send; it is removed at once so that history and screenshots do not keep it.
function takeCode(): string | null {
  const match = /^#code=([^&]+)$/.exec(window.location.hash)
  if (match === null) return null
  window.history.replaceState(null, '', window.location.pathname + window.location.search)
  const text = match[1] ?? ''
  try {
    return decodeURIComponent(text)
  } catch {
    // Cut or mistyped on the way: the gateway says that it does not hold.
    return text
  }
}

export const session = new Session()
