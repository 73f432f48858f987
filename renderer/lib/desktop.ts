// The only place that knows whether this is the desktop app's window or a browser, and that speaks to the shell.
// Promises: null in a browser; in the window, plain functions that throw a sentence when the shell refuses.
// Leaves alone: what a page does with either.

import type { AppFacts, Bridge, GatewayNews, Outcome, ThemeChoice } from '../../main/ipc/contract.ts'

export interface Desktop {
  facts(): Promise<AppFacts>
  copyText(text: string): Promise<void>
  /** Asks where to save; null: nobody chose a place. */
  saveExport(path: string): Promise<string | null>
  /** false: the person stays here. */
  openExternal(url: string): Promise<boolean>
  /** Waits for the next change after the version that was seen. */
  gatewayNews(seen: number): Promise<GatewayNews>
  restartGateway(): Promise<void>
  openLogFolder(): Promise<void>
  applyTheme(choice: ThemeChoice): Promise<void>
}

export class DesktopError extends Error {
  override readonly name = 'DesktopError'
}

export const desktop: Desktop | null = findDesktop()

function findDesktop(): Desktop | null {
  const bridge = Reflect.get(globalThis, 'tollgate') as Bridge | undefined
  if (bridge === undefined) return null
  return {
    facts: async () => valueOf(await bridge.appFacts()),
    copyText: async (text) => void valueOf(await bridge.textCopy({ text })),
    saveExport: async (path) => valueOf(await bridge.exportSave({ path })).file,
    openExternal: async (url) => valueOf(await bridge.externalOpen({ url })).opened,
    gatewayNews: async (seen) => valueOf(await bridge.gatewayNews({ seen })),
    restartGateway: async () => void valueOf(await bridge.gatewayRestart()),
    openLogFolder: async () => void valueOf(await bridge.logFolderOpen()),
    applyTheme: async (choice) => void valueOf(await bridge.themeWrite({ choice })),
  }
}

function valueOf<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value
  throw new DesktopError(outcome.error.message)
}
