// Which of the tray's icons fits, and whether there is a tray to show it in.
// Promises: states differ by shape, so that colour is never the only sign; without a confirmed tray nothing is hidden in one.
// Leaves alone: the pictures (resources/icons/tray).

import type { PanelAlerts } from '../../gateway/contract/alerts.ts'
import type { GatewayState } from '../gateway/state.ts'

export const trayIcons = ['serving', 'paused', 'attention', 'stopped'] as const
export type TrayIcon = (typeof trayIcons)[number]

export function trayIconFor(state: GatewayState, paused: boolean, alerts: PanelAlerts | null): TrayIcon {
  if (paused) return 'paused'
  switch (state.kind) {
    case 'serving':
      return alerts !== null && needsAttention(alerts) ? 'attention' : 'serving'
    case 'starting':
      return 'serving'
    case 'port-taken':
    case 'waiting':
    case 'stopping':
    case 'stopped':
      return 'stopped'
  }
}

const needsAttention = ({ providers, budgets }: PanelAlerts): boolean => providers.some(({ state }) => state === 'failing') || budgets.length > 0

/** `light` and `dark` say what it is shown on; macOS colours its template itself. */
export function trayIconFile(icon: TrayIcon, on: { readonly platform: NodeJS.Platform; readonly dark: boolean }): string {
  return on.platform === 'darwin' ? `${icon}Template.png` : `${icon}-${on.dark ? 'dark' : 'light'}.png`
}

/** Desktops that show a StatusNotifierItem without an extension, by their names in XDG_CURRENT_DESKTOP, as known 2026-11-21. */
const withTray = new Set(['kde', 'xfce', 'lxqt', 'mate', 'x-cinnamon', 'cinnamon', 'budgie', 'unity', 'ubuntu', 'deepin', 'lxde', 'dde'])

/**
 * Electron does not say whether a tray icon is shown. Plain GNOME has no place for one, Ubuntu's has; a desktop that is not known counts as without.
 * Source: https://www.electronjs.org/docs/latest/api/tray, as known 2026-11-21.
 */
export function hasTray(platform: NodeJS.Platform, currentDesktop: string | undefined): boolean {
  if (platform !== 'linux') return true
  return (currentDesktop ?? '').split(':').some((name) => withTray.has(name.trim().toLowerCase()))
}
