// The tray's menu as data: state and figures, ways in, what needs attention, switches, the way out; the same order on every system.
// Promises: every line does something; what cannot be done now is not there. Leaves alone: Electron's menus (tray.ts), doing it (actions.ts).

import type { PanelAlerts } from '../../gateway/contract/alerts.ts'
import type { GatewayState } from '../gateway/state.ts'
import { shellLimits } from './limits.ts'
import { snippetNames, toSnippet } from './snippets.ts'
import { addressOf, clientUrlOf, clockTime, countOf, plainText, toDollars } from './words.ts'

export type ShellAction =
  | { readonly do: 'open'; /** A panel path; without one the window comes up with the page it has. */ readonly path?: string }
  | { readonly do: 'copy'; readonly text: string }
  | { readonly do: 'pause'; /** null: until it is resumed. */ readonly minutes: number | null }
  | { readonly do: 'resume' | 'start' | 'open-log-folder' | 'save-support-bundle' | 'install-update' | 'quit' }
  | { readonly do: 'autostart'; readonly on: boolean }
export type TrayItem =
  | { readonly kind: 'separator' }
  | { readonly kind: 'item'; readonly label: string; readonly action: ShellAction; /** A switch, and how it stands. */ readonly checked?: boolean }
  | { readonly kind: 'submenu'; readonly label: string; readonly items: readonly TrayItem[] }

export interface TrayView {
  readonly platform: NodeJS.Platform
  readonly state: GatewayState
  /** Paused by a person; `untilMs` is null until it is resumed. */
  readonly pause: { readonly untilMs: number | null } | null
  /** null: not known now. */
  readonly alerts: PanelAlerts | null
  readonly autostart: boolean
}

const item = (label: string, action: ShellAction): TrayItem => ({ kind: 'item', label, action })
const separator: TrayItem = { kind: 'separator' }
const open = (label: string, path: string): TrayItem => item(label, { do: 'open', path })
/** A page that is loaded again loses what stands in it: a new key that is shown once, a form half filled in. */
export const bringUp: ShellAction = { do: 'open' }

export function toTrayMenu(view: TrayView): readonly TrayItem[] {
  const groups = [ofState(view), ofWaysIn(view), ofWarnings(view.alerts), ofSwitches(view), ofEnds()]
  return groups.filter((group) => group.length > 0).flatMap((group, index) => (index === 0 ? group : [separator, ...group]))
}

/** The tray's tooltip: state and address. */
export function toTrayTip(view: TrayView): string {
  return `Tollgate: ${wordState(view)}`
}

export function wordState({ state, pause }: Pick<TrayView, 'state' | 'pause'>): string {
  if (pause !== null) return pause.untilMs === null ? 'Paused' : `Paused until ${clockTime(pause.untilMs)}`
  switch (state.kind) {
    case 'starting':
      return 'Starting'
    case 'serving':
      return `Serving · ${addressOf(state.baseUrl)}`
    case 'port-taken':
      return `Port ${String(state.port)} is taken`
    case 'waiting':
      return `Stopped unexpectedly, starts again at ${clockTime(state.retryAtMs)}`
    case 'stopping':
      return 'Stopping'
    case 'stopped':
      return state.reason === null ? 'Stopped' : 'Stopped: it did not start'
  }
}

function ofState(view: TrayView): readonly TrayItem[] {
  const { state, alerts } = view
  const serving = state.kind === 'serving'
  const first = item(`${serving ? '●' : '○'} ${wordState(view)}`, serving ? { do: 'copy', text: addressOf(state.baseUrl) } : bringUp)
  if (!serving || alerts === null) return [first]
  const { requests, costUsd, errors } = alerts.today
  return [first, open(`Today: ${countOf(requests, 'request')} · ${toDollars(costUsd)} · ${countOf(errors, 'error')}`, '/ui/spend')]
}

function ofWaysIn({ state, platform }: TrayView): readonly TrayItem[] {
  const panel = item('Open panel', bringUp)
  if (state.kind !== 'serving') return [panel]
  const { baseUrl } = state
  return [
    panel,
    open('Live requests', '/ui/requests'),
    item('Copy base URL', { do: 'copy', text: clientUrlOf(baseUrl) }),
    { kind: 'submenu', label: 'Copy snippet', items: snippetNames.map((name) => item(name, { do: 'copy', text: toSnippet(name, baseUrl, platform) })) },
  ]
}

function ofWarnings(alerts: PanelAlerts | null): readonly TrayItem[] {
  if (alerts === null) return []
  const failing = alerts.providers.filter(({ state }) => state === 'failing')
  const providers = failing.map(({ id, title, sinceMs }) =>
    open(`⚠ ${plainText(title)} failing${sinceMs === null ? '' : ` since ${clockTime(sinceMs)}`}`, providerPath(id)),
  )
  const budgets = alerts.budgets.map(({ kind, name, percent, href }) => open(`⚠ ${wordOwner(kind, name)} at ${String(percent)} % of budget`, href))
  return [...providers, ...budgets].slice(0, shellLimits.warningsInTrayMax)
}

export const providerPath = (id: string): string => `/ui/requests?provider=${encodeURIComponent(id)}&outcome=failed`

/** Whose budget: `Team “Web”`. */
export function wordOwner(kind: PanelAlerts['budgets'][number]['kind'], name: string): string {
  if (kind === 'global') return 'This gateway'
  const word = kind === 'key_model' ? 'key' : kind
  return `${word.charAt(0).toUpperCase()}${word.slice(1)} “${plainText(name)}”`
}

function ofSwitches({ state, pause, autostart }: TrayView): readonly TrayItem[] {
  const login: TrayItem = { kind: 'item', label: 'Start at login', action: { do: 'autostart', on: !autostart }, checked: autostart }
  return [...ofServing(state, pause !== null), login]
}

function ofServing(state: GatewayState, paused: boolean): readonly TrayItem[] {
  if (paused) return [item('Resume serving', { do: 'resume' })]
  if (state.kind === 'stopped' || state.kind === 'waiting' || state.kind === 'port-taken') return [item('Start serving now', { do: 'start' })]
  if (state.kind !== 'serving') return []
  const spans = [
    ['15 minutes', 15],
    ['1 hour', 60],
    ['Until resumed', null],
  ] as const
  return [{ kind: 'submenu', label: 'Pause serving', items: spans.map(([label, minutes]) => item(label, { do: 'pause', minutes })) }]
}

function ofEnds(): readonly TrayItem[] {
  return [
    item('Open log folder', { do: 'open-log-folder' }),
    item('Save support bundle…', { do: 'save-support-bundle' }),
    item('Quit (stops the gateway)', { do: 'quit' }),
  ]
}
