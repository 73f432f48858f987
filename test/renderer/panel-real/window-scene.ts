// The panel as the desktop's window shows it, in a browser: the scheme's own code in front of a real gateway, and a bridge onto the shell's own answers.
// Promises: no session, no cookie, no sign-in; arguments pass the channels' schemas. Leaves alone: Electron (test/desktop).

import { join } from 'node:path'
import type { BrowserContext } from '@playwright/test'
import { toPanelFiles } from '../../../gateway/contract/panel-files.ts'
import { readFolder } from '../../../gateway/kit/read-folder.ts'
import type { GatewayState } from '../../../main/gateway/state.ts'
import { createAnswers } from '../../../main/ipc/answers.ts'
import type { Outcome } from '../../../main/ipc/contract.ts'
import type { Answers } from '../../../main/ipc/handle.ts'
import { createNewsDesk } from '../../../main/ipc/news.ts'
import { Refused } from '../../../main/ipc/refused.ts'
import { channelNames, channelRules } from '../../../main/ipc/schemas.ts'
import { createPanelScheme } from '../../../main/window/scheme.ts'
import { recordDuties } from '../../kit/desktop-duties.ts'
import { startSchemeServer } from '../../kit/scheme-server.ts'

export interface WindowScene {
  readonly origin: string
  /** What was asked of shell and system. */
  readonly acts: string[]
  tell(state: GatewayState): void
  /** Gives every page of a context the bridge. */
  join(context: BrowserContext): Promise<void>
  close(): Promise<void>
}
export interface SceneOptions {
  readonly gateway: { readonly origin: string; readonly adminKey: string; readonly pid: number }
  /** Where a person saves what is exported. */
  readonly saveTo?: string
}

export const servingOf = ({ origin, adminKey, pid }: SceneOptions['gateway']): GatewayState => ({ kind: 'serving', baseUrl: origin, token: adminKey, pid })

export async function openWindowScene({ gateway, saveTo }: SceneOptions): Promise<WindowScene> {
  let state = servingOf(gateway)
  const listeners = new Set<(state: GatewayState) => void>()
  const acts: string[] = []
  const files = toPanelFiles(readFolder(join(import.meta.dirname, '../../../dist/panel')))
  const scheme = createPanelScheme({ files, state: () => state, fetch })
  const news = createNewsDesk({
    get state() {
      return state
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  })
  const duties = recordDuties(saveTo ?? null)
  const answers = createAnswers({
    duties,
    supervisor: { restart: async () => void acts.push('restart') },
    news,
    scheme,
    openExternal: async (url) => acts.push(`open ${url}`) > 0,
    copyText: async (text) => void acts.push(`copy ${text}`),
  })
  const server = await startSchemeServer(scheme)
  return {
    origin: server.origin,
    acts,
    tell(next) {
      state = next
      for (const listener of listeners) listener(next)
    },
    join: (context) => joinBridge(context, answers),
    async close() {
      news.close()
      await server.close()
    },
  }
}

async function joinBridge(context: BrowserContext, answers: Answers): Promise<void> {
  await context.exposeFunction('askShell', async (channel: keyof Answers, asked: unknown): Promise<Outcome<unknown>> => {
    const parsed = channelRules[channel].asked.safeParse(asked)
    if (!parsed.success) return { ok: false, error: { code: 'invalid', message: parsed.error.message } }
    try {
      return { ok: true, value: await (answers[channel] as (asked: unknown) => Promise<unknown>)(parsed.data) }
    } catch (error) {
      return { ok: false, error: { code: error instanceof Refused ? 'refused' : 'failed', message: error instanceof Error ? error.message : String(error) } }
    }
  })
  await context.addInitScript((names: readonly string[]) => {
    const toMethod = (name: string): string => name.replace(/-(\w)/g, (_whole, letter: string) => letter.toUpperCase())
    const ask = Reflect.get(window, 'askShell') as (channel: string, asked: unknown) => Promise<unknown>
    const bridge = Object.fromEntries(names.map((name) => [toMethod(name), (asked: unknown = null) => ask(name, asked)]))
    Object.defineProperty(window, 'tollgate', { value: Object.freeze(bridge) })
  }, channelNames)
}
