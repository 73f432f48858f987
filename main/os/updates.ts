// Updates from a file: which file, what it would mean, and the step itself; at each start, the word to the version before.
// Promises: nothing is installed without a yes to that very version; a version that serves says so, else the one before takes its place back; the app
// leaves only when another version has taken over. Leaves alone: judging and installing (main/update).

import type { UpdateChoice } from '../ipc/contract.ts'
import type { DesktopUpdate } from '../update/desktop-update.ts'
import type { Dialogs } from './dialogs.ts'
import { shellLimits } from './limits.ts'
import { wordError, type GatewayCare } from './ports.ts'

export interface UpdateParts {
  readonly update: DesktopUpdate
  readonly supervisor: Pick<GatewayCare, 'onChange' | 'state'>
  readonly dialogs: Pick<Dialogs, 'chooseUpdateFile' | 'askUpdate' | 'tell'>
  /** Ends the app. The gateway is stopped already. */
  readonly leave: () => void
}
export interface Updates {
  /** Asks for a file and judges it. */
  choose(): Promise<UpdateChoice>
  /** Asks for a file, says what it would mean, and installs it when that is wanted. */
  install(): Promise<void>
}

export function createUpdates(parts: UpdateParts): Updates {
  const { update, dialogs } = parts
  // Two at once would stop the gateway under each other.
  let installing = false
  tellOnceServing(parts)
  return {
    async choose() {
      const file = await dialogs.chooseUpdateFile()
      if (file === null) return { kind: 'none' }
      const judged = await update.judge(file)
      return judged.kind === 'ready' ? { kind: 'ready', version: judged.version, notes: judged.notes } : judged
    },
    async install() {
      if (installing) return
      installing = true
      try {
        await installChosen(parts)
      } finally {
        installing = false
      }
    },
  }
}

const notInstalled = 'The update was not installed'

async function installChosen({ update, dialogs, leave }: UpdateParts): Promise<void> {
  const file = await dialogs.chooseUpdateFile()
  if (file === null) return
  const judged = await update.judge(file)
  if (judged.kind === 'refused') return await dialogs.tell(notInstalled, judged.reason)
  if (!(await dialogs.askUpdate(judged))) return
  const result = await update.install(file, shellLimits.drainPauseMs)
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
