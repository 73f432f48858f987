// The supervisor as the app uses it: Electron's utility process, the system's clock, the data folder's log.
// Promises: everything that is not a choice of the app is settled here. Leaves alone: when it starts and stops (main.ts, main/os).

import type { utilityProcess } from 'electron'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { findDataFolder } from './data-folder.ts'
import { pickEnvironment, pickVariables } from './environment.ts'
import { createGatewayLog, type GatewayLog } from './gateway-log.ts'
import { careLimits } from './limits.ts'
import { createAsk, findPortOwner } from './port-owner.ts'
import { createSupervisor, type GatewaySupervisor } from './supervisor.ts'
import { systemTimers } from './timers.ts'
import { createUtilityFork } from './utility-fork.ts'

export interface DesktopGatewayOptions {
  /** `utilityProcess.fork` */
  readonly fork: typeof utilityProcess.fork
  /** `dist/gateway/child.mjs` of the app. */
  readonly entry: string
  /** The shell's own. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** As the app's settings say; null: as the variables say, else the default. */
  readonly port: number | null
  readonly configPath: string | null
}
export interface DesktopGateway {
  readonly supervisor: GatewaySupervisor
  readonly log: GatewayLog
  readonly dataDir: string
  /** Where the log's files are. */
  readonly logFolder: string
}

/** A young generation of 16 MB costs a little collecting and saves some 150 MB under load. */
const execArgv = ['--max-semi-space-size=16']

export function createDesktopGateway({ fork, entry, environment, port, configPath }: DesktopGatewayOptions): DesktopGateway {
  const dataDir = findDataFolder(environment)
  const logFolder = join(dataDir, 'logs')
  const log = createGatewayLog({ folder: logFolder, nowMs: Date.now, limits: careLimits })
  const ask = createAsk(careLimits.ownerLookupMs)
  const supervisor = createSupervisor({
    fork: createUtilityFork({ fork, entry, execArgv, environment: () => pickEnvironment(environment), cwd: homedir() }),
    launch: (chosen) => ({ kind: 'launch', options: { port: chosen ?? port, dataDir, configPath }, variables: pickVariables(environment) }),
    findOwner: (taken) => findPortOwner(taken, { platform: process.platform, ask }),
    log,
    timers: systemTimers,
    nowMs: Date.now,
    random: Math.random,
    limits: careLimits,
  })
  return { supervisor, log, dataDir, logFolder }
}
