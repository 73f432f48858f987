// Where the gateway's data folder is, before there is a gateway to ask: its log is written there from the first line on.
// Promises: the folder a gateway without a shell would take with the same variables. Leaves alone: making it.

import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { dataFolderParts } from '../../gateway/contract/data-folder.ts'

export function findDataFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const readVariable = (name: string): string | undefined => (environment[name] === '' ? undefined : environment[name])
  return resolve(readVariable('TOLLGATE_DATA_DIR') ?? join(...dataFolderParts({ platform: process.platform, home: homedir(), readVariable })))
}
