// What happens on each channel: the table from question to duty, supervisor or scheme.
// Promises: one line for each channel of the contract. Leaves alone: checks (handle.ts), the duties themselves.

import type { Supervisor } from '../gateway/state.ts'
import type { OpenExternal } from '../window/external.ts'
import type { PanelScheme } from '../window/scheme.ts'
import type { DesktopDuties } from './duties.ts'
import { saveExport } from './export.ts'
import type { Answers } from './handle.ts'
import type { NewsDesk } from './news.ts'

export interface AnswerTools {
  readonly duties: DesktopDuties
  readonly supervisor: Pick<Supervisor, 'restart'>
  readonly news: Pick<NewsDesk, 'read'>
  readonly scheme: PanelScheme
  readonly openExternal: OpenExternal
  readonly copyText: (text: string) => Promise<void>
}

/** Running requests get so long when a person restarts the gateway. */
const restartDrainMs = 10_000

export function createAnswers({ duties, supervisor, news, scheme, openExternal, copyText }: AnswerTools): Answers {
  return {
    'app-facts': () => Promise.resolve(duties.facts),
    'gateway-news': ({ seen }) => news.read(seen),
    'gateway-restart': () => done(supervisor.restart(restartDrainMs)),
    'log-folder-open': () => done(duties.openLogFolder()),
    'export-save': ({ path }) => saveExport({ scheme, chooseFile: duties.chooseSaveFile }, path),
    'external-open': async ({ url }) => ({ opened: await openExternal(url) }),
    'text-copy': ({ text }) => done(copyText(text)),
    'autostart-read': () => duties.readAutostart(),
    'autostart-write': ({ enabled }) => duties.writeAutostart(enabled),
    'update-choose': () => duties.chooseUpdate(),
    'notification-test': async () => ({ shown: await duties.showTestNotification() }),
    'theme-write': ({ choice }) => done(duties.applyTheme(choice)),
    'support-preview': async () => ({ files: await duties.previewSupportBundle() }),
    'support-save': async () => ({ file: await duties.saveSupportBundle() }),
  }
}

async function done(work: Promise<void>): Promise<null> {
  await work
  return null
}
