// The vault's part of the composition root: the keychain, the passphrase vault beside the ledger, and what opens it.
// Promises: it is open, or known to be locked, before anything is served. Leaves alone: which deployment uses which secret.

import { join } from 'node:path'
import type { GatewayConfig } from './contract/config.ts'
import type { Secret } from './contract/sealed.ts'
import type { CredentialRef, PassphrasePort } from './contract/vault.ts'
import type { Log } from './kit/log.ts'
import { readPassphraseFile } from './vault/passphrase-file.ts'
import { openPassphraseStore } from './vault/passphrase-store.ts'
import { unlockAtStart } from './vault/unlock-at-start.ts'
import { createVault, type Vault } from './vault/vault.ts'

export interface VaultParts {
  readonly vault: Vault
  readonly passphrase: PassphrasePort
}
export interface VaultTools {
  readonly config: Pick<GatewayConfig, 'dataDir' | 'limits' | 'vault'>
  readonly literals: ReadonlyMap<CredentialRef, Secret>
  readonly readVariable: (name: string) => string | undefined
  readonly log: Log
  readonly askSecret: ((question: string) => Promise<Secret | null>) | null
  readonly onChange: () => void
}

/** @throws VaultUnusable */
export async function buildVault(tools: VaultTools): Promise<VaultParts> {
  const { dataDir, limits, vault: chosen } = tools.config
  const store = await openPassphraseStore({ path: join(dataDir, 'vault.json'), bytesMax: limits.vaultFileBytesMax })
  const vault = createVault({
    readVariable: tools.readVariable,
    literals: tools.literals,
    timeoutMs: limits.vaultTimeoutMs,
    passphrase: store,
    choice: chosen.choice,
    onChange: tools.onChange,
    onWarning: (warning) => tools.log('warn', 'credential-file', { warning }),
  })
  const given = chosen.passphraseFile === null ? chosen.passphrase : await readPassphraseFile(chosen.passphraseFile)
  await unlockAtStart({ store, status: vault.status, given, ask: tools.askSecret, say: (sentence) => process.stderr.write(`${sentence}\n`) })
  return { vault, passphrase: store }
}
