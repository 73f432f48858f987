// Runs inside a private D-Bus session (keychain.test.ts): does the steps named on the command line with the real vault, prints one JSON line each.
// Leaves alone: starting the session and the keyring daemon.

import { GatewayError } from '../../../gateway/contract/errors.ts'
import { secret } from '../../../gateway/contract/sealed.ts'
import { createVault, type Vault } from '../../../gateway/vault/vault.ts'

type Step = (vault: Vault) => Promise<unknown>
const steps: Readonly<Record<string, Step>> = {
  status: async (vault) => vault.status(),
  save: async (vault) => vault.save('test key ü', secret('sk-kept-4242')),
  read: async (vault) => (await vault.read('keychain/test key ü'))?.open() ?? null,
  remove: async (vault) => vault.remove('keychain/test key ü').then(() => 'removed'),
}

const vault = createVault({ readVariable: () => undefined, literals: new Map(), timeoutMs: 5000 })
for (const name of process.argv.slice(2)) {
  const step = steps[name]
  if (step === undefined) throw new Error(`no step is called ${name}`)
  const answer = await step(vault).catch((failure: unknown) =>
    failure instanceof GatewayError ? { code: failure.code, message: failure.message } : Promise.reject(failure as Error),
  )
  process.stdout.write(`${JSON.stringify({ step: name, answer })}\n`)
}
