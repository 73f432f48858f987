// Opens the passphrase vault when the gateway starts: with the passphrase that was given, or by asking at a terminal.
// Promises: a wrong passphrase that was given stops the start with a sentence; without one and without a terminal the start goes on, locked.
// Leaves alone: reading options, drawing the terminal's question (`ask`).

import { GatewayError } from '../contract/errors.ts'
import type { Secret } from '../contract/sealed.ts'
import type { VaultStatus } from '../contract/vault.ts'
import type { PassphraseStore } from './passphrase-store.ts'
import { VaultUnusable } from './vault-file.ts'

export interface UnlockTools {
  readonly store: PassphraseStore
  /** Which store is in use just now. */
  readonly status: () => Promise<VaultStatus>
  readonly given: Secret | null
  /** null: nobody is there to be asked. The answer is null when nothing was typed. */
  readonly ask: ((question: string) => Promise<Secret | null>) | null
  readonly say: (sentence: string) => void
}

const triesMax = 3

/** @throws VaultUnusable for a passphrase that was given and is wrong, or too short for a new vault */
export async function unlockAtStart(tools: UnlockTools): Promise<void> {
  const { store, given, ask } = tools
  if (store.state === 'locked') {
    if (given !== null) await orUnusable(store.unlock(given))
    else if (ask !== null) await askAndUnlock({ ...tools, ask })
    return
  }
  // A new vault is made where secrets would go into it, so that the next start holds its passphrase against this one.
  if (given !== null && (await tools.status()).store !== 'keychain') await orUnusable(store.change(null, given))
}

async function askAndUnlock({ store, ask, say }: UnlockTools & { readonly ask: NonNullable<UnlockTools['ask']> }): Promise<void> {
  for (let tries = 0; tries < triesMax; tries += 1) {
    const typed = await ask(`Passphrase of ${store.path} (Enter leaves it locked): `)
    if (typed === null) return
    try {
      return await store.unlock(typed)
    } catch (failure) {
      if (!(failure instanceof GatewayError)) throw failure
      say(failure.message)
    }
  }
}

async function orUnusable(work: Promise<void>): Promise<void> {
  try {
    await work
  } catch (failure) {
    if (failure instanceof GatewayError) throw new VaultUnusable(failure.message, { cause: failure })
    throw failure
  }
}
