// Updates from a file: which file, what it would mean, and the step itself; at each start, the word to the version before.
// Promises: nothing is installed without a yes to that very version; a version that serves says so, else the one before takes its place back; the app
// leaves only when another version has taken over. Leaves alone: judging and installing (main/update).

import type { UpdateChoice } from '../ipc/contract.ts'
import type { DesktopUpdate } from '../update/desktop-update.ts'
import type { Installing } from '../update/install.ts'
import type { Dialogs } from './dialogs.ts'
import { shellLimits } from './limits.ts'
import type { Pause } from './pause.ts'
import { wordError, type GatewayCare } from './ports.ts'

export interface UpdateParts {
  readonly update: DesktopUpdate
  readonly supervisor: Pick<GatewayCare, 'onChange' | 'state'>
  readonly dialogs: Pick<Dialogs, 'chooseUpdateFile' | 'askUpdate' | 'tell'>
  readonly pause: Pick<Pause, 'end'>
  /** The app is on its way out: nothing is begun any more. */
  readonly leaving: () => boolean
  /** Ends the app. The gateway is stopped already. */
  readonly leave: () => void
}
export interface Updates {
  /** From the yes until it is known what came of it: this version is the judge of the new one. */
  readonly installing: boolean
  /** Asks for a file and judges it. */
  choose(): Promise<UpdateChoice>
  /** Asks for a file, says what it would mean, and installs it when that is wanted. */
  install(): Promise<void>
}

export function createUpdates(parts: UpdateParts): Updates {
  const { update, dialogs } = parts
  // Two at once would stop the gateway under each other.
  let asked = false
  let installing = false
  const install = async (file: string): Promise<Installing> => {
    installing = true
    // What comes of it decides when the gateway serves again.
    parts.pause.end()
    try {
      return await update.install(file, shellLimits.drainPauseMs)
    } finally {
      installing = false
    }
  }
  tellOnceServing(parts)
  return {
    get installing() {
      return installing
    },
    async choose() {
      const file = await dialogs.chooseUpdateFile()
      if (file === null) return { kind: 'none' }
      const judged = await update.judge(file)
      return judged.kind === 'ready' ? { kind: 'ready', version: judged.version, notes: judged.notes } : judged
    },
    async install() {
      if (asked) return
      asked = true
      try {
        await installChosen(parts, install)
      } finally {
        asked = false
      }
    },
  }
}

const notInstalled = 'The update was not installed'

async function installChosen({ update, dialogs, leaving, leave }: UpdateParts, install: (file: string) => Promise<Installing>): Promise<void> {
  const file = await dialogs.chooseUpdateFile()
  if (file === null) return
  const judged = await update.judge(file)
  if (judged.kind === 'refused') return await dialogs.tell(notInstalled, judged.reason)
  if (!(await dialogs.askUpdate(judged)) || leaving()) return
  const result = await install(file)
  if (result.kind === 'installed' || result.kind === 'handed-over') return leave()
  await dialogs.tell(notInstalled, result.reason)
}

function tellOnceServing({ update, supervisor, dialogs }: UpdateParts): void {
  let told = false
  const tell = (): void => {
    if (told || supervisor.state.kind !== 'serving') return
    told = true
    update.reportStarted().then(
      async (outcome) => {
        if (outcome.kind === 'not-updated')
          await dialogs.tell(notInstalled, `Version ${outcome.pending.from} is in its place. The ledger was backed up before, as ${outcome.pending.backup}.`)
      },
      async (error: unknown) => await dialogs.tell('The version before cannot be told that this one serves', wordError(error)),
    )
  }
  supervisor.onChange(tell)
  tell()
}
