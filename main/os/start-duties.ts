// Every duty towards the operating system, made and joined once: tray, menu, notices, power, closing, quitting, and what the panel may ask for.
// Promises: what decides is in the files this names. Leaves alone: the window, the gateway's care, the order of the start (main.ts).

import { app } from 'electron'
import os from 'node:os'
import type { JsonObject } from '../../gateway/contract/json.ts'
import type { AppFacts } from '../ipc/contract.ts'
import type { DesktopDuties } from '../ipc/duties.ts'
import type { DesktopUpdate } from '../update/desktop-update.ts'
import { createActions } from './actions.ts'
import { createAlertFeed } from './alert-feed.ts'
import { createAutostart, type Autostart } from './autostart.ts'
import { createCloseAndQuit, leaveDock } from './close-and-quit.ts'
import { createDesktopDuties } from './desktop-duties.ts'
import { createDialogs } from './dialogs.ts'
import { readAlerts, readReadiness, verifyLedger } from './gateway-reads.ts'
import { createLogs } from './logs.ts'
import { setMenu } from './menu.ts'
import { startNotifications } from './notifications.ts'
import { createPause } from './pause.ts'
import { systemTimer, type GatewayCare, type PanelWindow, type Timer, type WindowWishes } from './ports.ts'
import { listenToPower } from './power.ts'
import type { SettingName, ShellSettings } from './settings.ts'
import { createSupportDesk } from './support-bundle.ts'
import { createTheme } from './theme.ts'
import { createTray } from './tray.ts'
import { hasTray } from './tray-icon.ts'
import { askInTrouble } from './troubles.ts'
import { createUpdates } from './updates.ts'

export interface DutyPlace {
  readonly supervisor: GatewayCare
  /** Hidden at first. */
  readonly openWindow: (wishes: WindowWishes) => PanelWindow
  readonly settings: ShellSettings
  readonly update: DesktopUpdate
  readonly logFolder: string
  /** `resources/icons/tray` of the app. */
  readonly trayIcons: string
  readonly platform: AppFacts['platform']
  readonly argv: readonly string[]
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly timer?: Timer
}
export interface Duties {
  readonly desktop: DesktopDuties
  readonly window: PanelWindow
  /** Starts the gateway, and shows the window unless the system started the app at login. */
  begin(): void
}

const shownSettings: readonly SettingName[] = ['window', 'close-word', 'theme', 'port']

export function startDuties(place: DutyPlace): Duties {
  const { supervisor, settings, platform, environment, timer = systemTimer } = place
  const desktop = environment['XDG_CURRENT_DESKTOP']
  const dialogs = createDialogs()
  const logs = createLogs(place.logFolder)
  const theme = createTheme(settings, desktop)
  const autostart = createAutostart(toLoginPlace(place))
  const pause = createPause({ supervisor, timer })
  const feed = createAlertFeed({ supervisor, timer, read: readAlerts })
  const support = createSupportDesk({
    facts: toFacts(platform),
    known: { home: os.homedir(), user: os.userInfo().username, host: os.hostname() },
    state: () => supervisor.state,
    alerts: () => feed.latest,
    settings: () => pickSettings(settings),
    logs,
    reads: { readReadiness, verifyLedger },
    timer,
  })
  const quit = createCloseAndQuit({ supervisor, settings, timer, platform, tray: hasTray(platform, desktop), installing: () => updates.installing, dialogs })
  const window = place.openWindow({ onClose: quit.onClose, isDark: () => theme.dark })
  const updates = createUpdates({ update: place.update, supervisor, dialogs, pause, leaving: () => quit.leaving, leave: () => app.exit(0) })
  const redraw = (): void => tray.show({ platform, state: supervisor.state, pause: pause.current, alerts: feed.latest, autostart: autostart.read().enabled })
  const act = createActions({ window, supervisor, pause, autostart, logs, support, updates, dialogs, quit, redraw })
  const tray = createTray({ iconFolder: place.trayIcons, platform, act, darkBar: () => theme.darkBar })
  const notifications = startNotifications({ supervisor, feed, settings, window, timer })
  setMenu(platform, act)
  askInTrouble({ supervisor, dialogs, logs, settings })
  listenToPower([{ suspend: supervisor.suspended, resume: supervisor.resumed, shutdown: quit.obey }, feed, { resume: pause.checkTime }])
  supervisor.onChange(redraw)
  feed.onAlerts(redraw)
  pause.onChange(redraw)
  theme.onChange(redraw)
  theme.onChange(window.recolour)
  app.on('activate', () => window.show())
  redraw()
  const withRedraw: Autostart = { ...autostart, write: (on) => afterwards(autostart.write(on), redraw) }
  return {
    desktop: createDesktopDuties({ platform, logs, dialogs, autostart: withRedraw, notifications, theme, support, updates }),
    window,
    begin() {
      supervisor.start()
      if (autostart.launchedAtLogin) leaveDock(platform)
      else window.show()
    },
  }
}

function afterwards<Value>(value: Value, what: () => void): Value {
  what()
  return value
}

const toLoginPlace = ({ platform, argv, environment }: DutyPlace): Parameters<typeof createAutostart>[0] => ({
  platform,
  argv,
  executable: process.execPath,
  packaged: app.isPackaged,
  home: os.homedir(),
  readVariable: (name) => (environment[name] === '' ? undefined : environment[name]),
})

const toFacts = (platform: NodeJS.Platform): Parameters<typeof createSupportDesk>[0]['facts'] => ({
  version: app.getVersion(),
  platform,
  release: os.release(),
  arch: process.arch,
  runtimes: { electron: process.versions['electron'], chrome: process.versions['chrome'], node: process.versions.node },
})

const pickSettings = (settings: ShellSettings): JsonObject => Object.fromEntries(shownSettings.map((name) => [name, settings.read(name)]))
