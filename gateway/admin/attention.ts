// What needs a person: a ledger in trouble, budgets near their end, keys about to expire, models without a price, credentials that are not there.
// Promises: sentences and a place to go; an empty list means nothing was found, not that nobody looked.
// Leaves alone: fixing it.

import type { PanelAttention, PanelBudget } from '../contract/panel.ts'
import { parseUsd } from '../contract/money.ts'
import type { Deployment } from '../contract/provider.ts'
import type { LedgerFacts } from '../contract/reports.ts'
import { keychainPrefix, passphrasePrefix, type CredentialRef, type VaultStatus } from '../contract/vault.ts'
import { isWildcard } from '../contract/wildcard.ts'
import type { AdminDeps } from './deps.ts'
import { listKeys } from './find-record.ts'

const dayMs = 86_400_000
const expiryNoticeMs = 7 * dayMs
const perKindMax = 5
const environment = 'os.environ/'

export interface AttentionFacts {
  /** Hard limits, the fullest first. */
  readonly budgets: readonly PanelBudget[]
  /** Soft ones. */
  readonly softBudgets: readonly PanelBudget[]
  readonly ledger: LedgerFacts
  readonly vault: VaultStatus
}

/** Worst first. At most a few of each kind. */
export function listAttention(deps: AdminDeps, facts: AttentionFacts): readonly PanelAttention[] {
  const found = [
    ...ofLedger(deps),
    ...ofBudgets(facts.budgets),
    ...ofSoftBudgets(facts.softBudgets),
    ...ofCredentials(deps, facts.vault),
    ...ofExpiry(deps),
    ...ofPrices(deps.catalog().deployments()),
    ...ofOrphans(facts.ledger),
    ...ofStrangers(facts.ledger),
    ...deps.lan.warnings().map((text): PanelAttention => ({ kind: 'config', level: 'warn', text, href: '/ui/' })),
    ...[...deps.facts.configWarnings, ...deps.problems()]
      .map((text): PanelAttention => ({ kind: 'config', level: 'warn', text, href: '/ui/providers' }))
      .slice(0, perKindMax),
  ]
  return [...found.filter(({ level }) => level === 'bad'), ...found.filter(({ level }) => level === 'warn')]
}

/** Whole percent of the limit that is spent or reserved, rounded down. A limit of 0 is a decision, not a budget running out: 0 percent. */
export function usedPercent({ limitUsd, settledUsd, heldUsd }: PanelBudget): number {
  const limit = parseUsd(limitUsd)
  return limit <= 0n ? 0 : Number(((parseUsd(settledUsd) + parseUsd(heldUsd)) * 100n) / limit)
}

function ofBudgets(budgets: readonly PanelBudget[]): readonly PanelAttention[] {
  const near = budgets.filter((budget) => usedPercent(budget) >= 80)
  return near.slice(0, perKindMax).map((budget) => {
    const percent = usedPercent(budget)
    const name = `The ${wordPeriod(budget)}budget of ${wordOwner(budget)}`
    return {
      kind: 'budget',
      level: percent >= 100 ? 'bad' : 'warn',
      text: percent >= 100 ? `${name} is used up.` : `${name} is ${percent} % used.`,
      href: budget.href,
    }
  })
}

function ofSoftBudgets(budgets: readonly PanelBudget[]): readonly PanelAttention[] {
  const reached = budgets.filter((budget) => usedPercent(budget) >= 100)
  return reached.slice(0, perKindMax).map((budget) => ({
    kind: 'budget',
    level: 'warn',
    text: `The ${wordPeriod(budget)}soft budget of ${wordOwner(budget)} is reached; nothing is refused.`,
    href: budget.href,
  }))
}

const periods: Readonly<Record<string, string>> = { '1d': 'daily', '7d': 'weekly', '1w': 'weekly', '30d': 'monthly', '1mo': 'monthly' }

function wordPeriod({ duration }: PanelBudget): string {
  return duration === null ? '' : `${periods[duration] ?? duration} `
}

function wordOwner({ kind, name }: PanelBudget): string {
  if (kind === 'global') return 'this gateway'
  return `the ${kind === 'key_model' ? 'key' : kind} ${name}`
}

function ofExpiry(deps: AdminDeps): readonly PanelAttention[] {
  const nowMs = deps.clock.nowMs()
  const soon = listKeys(deps.directory).filter(({ key }) => key.expiresAtMs !== null && key.expiresAtMs > nowMs && key.expiresAtMs - nowMs <= expiryNoticeMs)
  return soon.slice(0, perKindMax).map(({ key }) => {
    const days = Math.ceil(((key.expiresAtMs ?? nowMs) - nowMs) / dayMs)
    return {
      kind: 'expiring',
      level: 'warn',
      text: `The key ${key.alias ?? key.shown} expires in ${days === 1 ? 'a day or less' : `${days} days`}.`,
      href: `/ui/keys/${key.id}`,
    }
  })
}

function ofPrices(deployments: readonly Deployment[]): readonly PanelAttention[] {
  const names = [...new Set(deployments.filter(({ price, modelName }) => price === null && !isWildcard(modelName)).map((deployment) => deployment.modelName))]
  if (names.length === 0) return []
  const shown = names.slice(0, 3).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '')
  return [
    {
      kind: 'unpriced',
      level: 'warn',
      text: `No price is known for ${shown}: their spend counts as zero, and keys with a budget cannot use them.`,
      href: '/ui/providers',
    },
  ]
}

/** The reason a deployment's credential cannot be used, as far as that shows without asking the keychain for it. */
function credentialProblem(deps: AdminDeps, deployment: Deployment, vault: VaultStatus): string | null {
  const { credential, provider, secrets } = deployment
  const refs = [...(credential === null ? [] : [credential]), ...Object.values(secrets)]
  if (refs.length === 0) return provider.needsKey || provider.authorizer !== undefined ? `has no credential for ${provider.title}` : null
  return refs.map((ref) => referenceProblem(deps, ref, vault)).find((problem) => problem !== null) ?? null
}

function referenceProblem(deps: AdminDeps, credential: CredentialRef, vault: VaultStatus): string | null {
  if (credential.startsWith(environment)) {
    const name = credential.slice(environment.length)
    return deps.hasVariable(name) ? null : `needs the environment variable ${name}, which is not set`
  }
  if (credential.startsWith(passphrasePrefix) && vault.passphrase !== 'open') return 'keeps its credential in the passphrase vault, which is locked'
  return credential.startsWith(keychainPrefix) && vault.keychainAnswers === false ? 'keeps its credential in the keychain, which does not answer' : null
}

function ofCredentials(deps: AdminDeps, vault: VaultStatus): readonly PanelAttention[] {
  const problems = deps
    .catalog()
    .deployments()
    .flatMap((deployment) => {
      const problem = credentialProblem(deps, deployment, vault)
      return problem === null ? [] : [`The model ${deployment.modelName} ${problem}.`]
    })
  return [...new Set(problems)].slice(0, perKindMax).map((text) => ({ kind: 'credential', level: 'bad', text, href: '/ui/providers' }))
}

/** Below this a day it is somebody's mistyped key, not a thing to look into. */
const strangersNotable = 100

function ofStrangers({ unknownRefusals }: LedgerFacts): readonly PanelAttention[] {
  const calls = unknownRefusals.reduce((sum, { lastDay }) => sum + lastDay, 0)
  if (calls < strangersNotable) return []
  return [{ kind: 'strangers', level: 'warn', text: `${String(calls)} calls in the last day brought no key, or one that is not known here.`, href: '/ui/keys' }]
}

function ofLedger(deps: AdminDeps): readonly PanelAttention[] {
  const state = deps.care.state()
  const trouble = deps.care.trouble().map((text): PanelAttention => ({ kind: 'ledger', level: 'warn', text, href: '/ui/requests' }))
  return state.kind === 'ok' ? trouble : [{ kind: 'ledger', level: 'bad', text: state.sentence, href: '/ui/requests' }, ...trouble]
}

function ofOrphans(ledger: LedgerFacts): readonly PanelAttention[] {
  if (ledger.orphanedRequests === 0) return []
  const subject = ledger.orphanedRequests === 1 ? 'One request was' : `${ledger.orphanedRequests} requests were`
  return [
    {
      kind: 'orphaned',
      level: 'warn',
      text: `${subject} cut off when the gateway stopped, and charged the reserved amount.`,
      href: '/ui/requests?outcome=failed&range=all',
    },
  ]
}
