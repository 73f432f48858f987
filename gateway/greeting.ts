// What a start prints: where the gateway is, how to get in, what it uses.
// Promises: the admin key is shown once, on a terminal only; elsewhere the line names the file that holds it.
// Leaves alone: logs.

import type { LanState } from './contract/lan.ts'
import type { Secret } from './contract/sealed.ts'

export interface GreetingFacts {
  readonly version: string
  readonly origin: string
  /** null: below a desktop shell, which lets people in itself and keeps these lines in a file. */
  readonly signInCode: string | null
  readonly dataDir: string
  readonly vaultSentence: string
  readonly durability: 'full' | 'normal'
  readonly adminKey: { readonly kind: 'given' } | { readonly kind: 'known' } | { readonly kind: 'made'; readonly secret: Secret; readonly file: string }
  readonly panelBuilt: boolean
  readonly recoveredRequests: number
  readonly weakAdminKey: boolean
  readonly lan: LanState | null
  readonly warnings: readonly string[]
}

export function greet(facts: GreetingFacts, terminal: boolean): string[] {
  return [
    `Tollgate ${facts.version}`,
    line('base URL', `${facts.origin}/v1`),
    ...signInLines(facts),
    ...lanLines(facts.lan),
    line('data folder', facts.dataDir),
    line('vault', facts.vaultSentence),
    ...adminKeyLines(facts, terminal),
    ...(facts.durability === 'normal' ? [line('durability', 'normal: a power cut may lose the last moments of the ledger')] : []),
    ...(facts.recoveredRequests > 0 ? [line('recovered', `${countRequests(facts.recoveredRequests)} cut by the last stop and charged what was reserved`)] : []),
    ...(facts.weakAdminKey ? [line('warning', 'the admin key is short; use at least 20 characters')] : []),
    ...facts.warnings.map((warning) => line('warning', warning)),
  ]
}

function signInLines({ panelBuilt, origin, signInCode }: GreetingFacts): string[] {
  if (!panelBuilt) return [line('sign in', 'the panel is not built; run "npm run build"')]
  return signInCode === null ? [] : [line('sign in', `${origin}/ui/#code=${signInCode}  (works once, for 10 minutes)`)]
}

function adminKeyLines(facts: GreetingFacts, terminal: boolean): string[] {
  const { adminKey } = facts
  if (adminKey.kind !== 'made') return []
  return [line('admin key', terminal ? `${adminKey.secret.open()}  (shown this once)` : `written to ${adminKey.file}`)]
}

function lanLines(lan: LanState | null): string[] {
  if (lan === null) return []
  return [
    line('network', `${lan.url}/v1  (key required${lan.panel ? '; the panel answers there, too' : ''})`),
    line('fingerprint', `${lan.fingerprint}  (SHA-256 of ${lan.ownAuthority ? 'our own authority' : 'the certificate that was given'})`),
  ]
}

const countRequests = (count: number): string => (count === 1 ? '1 request was' : `${count} requests were`)
const line = (name: string, text: string): string => `  ${name.padEnd(12)}${text}`
