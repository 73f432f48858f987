// Asks what to do when the gateway cannot serve: its port is taken, or it does not start.
// Promises: one box at a time, none for a crash that is being mended; a box whose question has answered itself is not acted on.
// Leaves alone: finding out (main/gateway), the notice beside it (notifications.ts).

import type { GatewayState } from '../gateway/state.ts'
import { otherPort, type Dialogs } from './dialogs.ts'
import type { Logs } from './logs.ts'
import type { GatewayCare } from './ports.ts'
import type { ShellSettings } from './settings.ts'

export interface TroubleParts {
  readonly supervisor: Pick<GatewayCare, 'state' | 'onChange' | 'start'>
  readonly dialogs: Pick<Dialogs, 'askPort' | 'tellCrash'>
  readonly logs: Pick<Logs, 'openFolder'>
  readonly settings: ShellSettings
}

export function askInTrouble(parts: TroubleParts): void {
  const { supervisor } = parts
  let open = false
  const look = async (state: GatewayState): Promise<void> => {
    if (open) return
    open = true
    await ask(state, parts)
    open = false
    // What came meanwhile found the box open.
    if (supervisor.state.kind !== state.kind) await look(supervisor.state)
  }
  supervisor.onChange((state) => void look(state))
}

async function ask(state: GatewayState, { supervisor, dialogs, logs, settings }: TroubleParts): Promise<void> {
  if (state.kind === 'port-taken') {
    const answer = await dialogs.askPort(state.port, state.owner)
    if (supervisor.state.kind !== 'port-taken') return
    if (answer === 'again') supervisor.start()
    if (answer !== 'other') return
    const port = otherPort(state.port)
    settings.write('port', port)
    supervisor.start({ port })
  } else if (state.kind === 'stopped' && state.reason !== null) {
    const answer = await dialogs.tellCrash(state.reason)
    if (answer === 'logs') await logs.openFolder().catch(() => undefined)
    if (answer === 'start' && supervisor.state.kind === 'stopped') supervisor.start()
  }
}

/** Chosen in such a box before; null: none was. */
export function chosenPort(settings: ShellSettings): number | null {
  const port = settings.read('port')
  return typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536 ? port : null
}
