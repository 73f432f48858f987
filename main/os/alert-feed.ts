// Asks the gateway every half minute what may have to interrupt a person, while it serves.
// Promises: never two questions at once; the facts are null while they are not known; nothing is asked while the computer sleeps.
// Leaves alone: what is made of the facts (tray-menu.ts, notification-rules.ts).

import type { PanelAlerts } from '../../gateway/contract/alerts.ts'
import type { GatewayState, Supervisor } from '../gateway/state.ts'
import { shellLimits } from './limits.ts'
import type { Address, Timer } from './ports.ts'

export interface AlertFeed {
  /** null: not known now. */
  readonly latest: PanelAlerts | null
  onAlerts(listener: (alerts: PanelAlerts | null) => void): void
  /** Now, instead of within half a minute. */
  refresh(): void
  suspend(): void
  resume(): void
}
export interface AlertFeedParts {
  readonly supervisor: Pick<Supervisor, 'state' | 'onChange'>
  readonly timer: Timer
  readonly read: (at: Address) => Promise<PanelAlerts>
}

export function createAlertFeed({ supervisor, timer, read }: AlertFeedParts): AlertFeed {
  const listeners: ((alerts: PanelAlerts | null) => void)[] = []
  let latest: PanelAlerts | null = null
  let asleep = false
  let callOff: () => void = () => undefined
  /** Rises whenever an answer that is still under way has become worthless. */
  let turn = 0

  const tell = (alerts: PanelAlerts | null): void => {
    latest = alerts
    listeners.forEach((listener) => listener(alerts))
  }
  const next = async (at: Address): Promise<void> => {
    const mine = (turn += 1)
    // A gateway that does not answer in time is the supervisor's to judge; here it is a fact not known.
    const alerts = await read(at).catch(() => null)
    if (mine !== turn) return
    tell(alerts)
    callOff = timer.after(shellLimits.alertsEveryMs, () => void next(at))
  }
  const begin = (state: GatewayState): void => {
    callOff()
    turn += 1
    if (state.kind === 'serving' && !asleep) void next(state)
    else if (latest !== null) tell(null)
  }
  supervisor.onChange(begin)
  begin(supervisor.state)
  return {
    get latest() {
      return latest
    },
    onAlerts: (listener) => void listeners.push(listener),
    refresh: () => begin(supervisor.state),
    suspend() {
      asleep = true
      begin(supervisor.state)
    },
    resume() {
      asleep = false
      begin(supervisor.state)
    },
  }
}
