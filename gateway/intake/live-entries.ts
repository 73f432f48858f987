// The ledger's own deployments and credentials in memory, each change behind a durable write.
// Promises: a change resolves when the catalog shows it. Leaves alone: entries of the configuration file (read-only).

import type { AdminStore, CredentialEntry, DeploymentEntry, LiveEntries } from '../contract/store.ts'

export interface LiveEntriesTools {
  readonly store: Pick<AdminStore, 'saveDeployment' | 'deleteDeployment' | 'saveCredential' | 'deleteCredential'>
  readonly deployments: readonly DeploymentEntry[]
  readonly credentials: readonly CredentialEntry[]
  /** Rebuilds the catalog from both lists. */
  readonly onChange: (deployments: readonly DeploymentEntry[], credentials: ReadonlyMap<string, CredentialEntry>) => Promise<void>
}

export async function createLiveEntries(tools: LiveEntriesTools): Promise<LiveEntries> {
  const deployments = new Map(tools.deployments.map((entry) => [entry.id, entry]))
  const credentials = new Map(tools.credentials.map((entry) => [entry.name, entry]))
  // One after the other: a rebuild that waits for prices must not overwrite a later one.
  let turn: Promise<void> = Promise.resolve()
  const publish = async (): Promise<void> => {
    turn = turn.catch(() => undefined).then(() => tools.onChange([...deployments.values()], credentials))
    await turn
  }
  await publish()
  return {
    deployments: () => [...deployments.values()],
    credentials: () => [...credentials.values()],
    async putDeployment(entry) {
      await tools.store.saveDeployment(entry)
      deployments.set(entry.id, entry)
      await publish()
    },
    async removeDeployment(id) {
      await tools.store.deleteDeployment(id)
      deployments.delete(id)
      await publish()
    },
    async putCredential(entry) {
      await tools.store.saveCredential(entry)
      credentials.set(entry.name, entry)
      await publish()
    },
    async removeCredential(name) {
      await tools.store.deleteCredential(name)
      credentials.delete(name)
      await publish()
    },
  }
}
