// `protocol`: schemes of one's own. Promises: privileges only before `ready`, the last call counting, as in Electron; one answerer for each scheme.
// Leaves alone: Chromium's network stack; a test asks with `askScheme`. Source: https://www.electronjs.org/docs/latest/api/protocol (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'
import { app } from './app.ts'

type Used = 'handle' | 'isProtocolHandled' | 'registerSchemesAsPrivileged' | 'unhandle'
type Answer = (request: Request) => Response | Promise<Response>

const answers = new Map<string, Answer>()
let privileged: readonly Electron.CustomScheme[] = []

export const protocol = {
  registerSchemesAsPrivileged(schemes: Electron.CustomScheme[]) {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready')
    privileged = schemes
  },
  handle(scheme: string, answer: Answer) {
    if (!app.isReady()) throw new Error('Session can only be received when app is ready')
    if (answers.has(scheme)) throw new Error(`Failed to register protocol: ${scheme}`)
    answers.set(scheme, answer)
  },
  unhandle(scheme: string) {
    if (!answers.delete(scheme)) throw new Error(`Failed to unhandle protocol: ${scheme}`)
  },
  isProtocolHandled: (scheme: string) => answers.has(scheme),
} satisfies Pick<Electron.Protocol, Used>

export const privilegedSchemes = (): readonly Electron.CustomScheme[] => privileged

/** What a page's request to the scheme comes to. */
export async function askScheme(url: string, init?: RequestInit): Promise<Response> {
  const answer = answers.get(new URL(url).protocol.replace(':', ''))
  if (answer === undefined) throw new Error(`net::ERR_UNKNOWN_URL_SCHEME ${url}`)
  return await answer(new Request(url, init))
}

export function resetProtocol(): void {
  answers.clear()
  privileged = []
}
