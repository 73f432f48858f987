// Budgets that hang on a key or a team without being its own: of a key for one model, of each member of a team.
// Promises: every write is durable and met by the next request; a member gets the team's budget for members when a key first names them.
// Leaves alone: budgets of keys and teams themselves, how budgets are enforced.

import { z } from 'zod'
import type { Directory } from '../contract/directory.ts'
import { toUsdNumber } from '../contract/money.ts'
import { noBudget, oneWindow, type Budget, type Scope, type ScopeName } from '../contract/scope.ts'
import type { Team, VirtualKey } from '../contract/store.ts'
import { partsOf } from './budget-patch.ts'
import type { AdminDeps } from './deps.ts'
import { dollars, name, period, toBudget, unenforcedFields } from './fields.ts'
import { listKeys } from './find-record.ts'

const modelBudget = z
  .strictObject({
    max_budget: dollars.nullish(),
    budget_limit: dollars.nullish().meta({ description: "Another spelling of max_budget, as in LiteLLM's configuration." }),
    budget_duration: period.nullish(),
    time_period: period.nullish().meta({ description: 'Another spelling of budget_duration.' }),
    ...unenforcedFields(['tpm_limit', 'rpm_limit']),
  })
  .refine((body) => (body.max_budget ?? body.budget_limit ?? null) !== null, 'give max_budget')
  .refine((body) => body.max_budget == null || body.budget_limit == null, 'give max_budget or budget_limit, not both')
  .refine((body) => body.budget_duration == null || body.time_period == null, 'give budget_duration or time_period, not both')
/** The list replaces the one before. */
export const modelBudgets = z.record(name, modelBudget).refine((map) => Object.keys(map).length <= 200, 'at most 200 models')
export type ModelBudgets = z.infer<typeof modelBudgets>

export const modelBudgetsRow = z.record(z.string(), z.strictObject({ max_budget: z.number().nullable(), budget_duration: z.string().nullable() }))

type Writer = Pick<AdminDeps, 'store' | 'directory'>

/** For what has a record of its own as well: the directory then shows it everywhere. */
export async function writeBudget({ store, directory }: Writer, scope: ScopeName, budget: Budget): Promise<void> {
  directory.putScope(await store.setBudget(scope, budget))
}

const modelRef = (key: Pick<VirtualKey, 'id'>, model: string): ScopeName => ({ kind: 'key_model', ref: `${String(key.id)}/${model}` })

/** A model is counted under its public name, so an alias of it is put down under that. */
export async function writeModelBudgets(deps: Writer & Pick<AdminDeps, 'catalog'>, key: Pick<VirtualKey, 'id'>, wanted: ModelBudgets): Promise<void> {
  const budgets = new Map(Object.entries(wanted).map(([model, body]) => [deps.catalog().find(model)?.name ?? model, body]))
  for (const model of (modelScopesOf(deps.directory).get(String(key.id)) ?? []).map(modelOf))
    if (!budgets.has(model)) await writeBudget(deps, modelRef(key, model), noBudget)
  for (const [model, body] of budgets)
    await writeBudget(deps, modelRef(key, model), oneWindow(toBudget(body.max_budget ?? body.budget_limit), body.budget_duration ?? body.time_period ?? null))
}

/** Those with a budget, by the text of the key's row. */
export function modelScopesOf(directory: Directory): ReadonlyMap<string, readonly Scope[]> {
  const limited = directory.scopes('key_model').filter(({ budget }) => budget.windows.length > 0)
  return Map.groupBy(limited, ({ ref }) => ref.slice(0, ref.indexOf('/')))
}
const modelOf = ({ ref }: Scope): string => ref.slice(ref.indexOf('/') + 1)

export function toModelBudgetsRow(scopes: readonly Scope[] | undefined): z.infer<typeof modelBudgetsRow> {
  const entries = (scopes ?? []).map((scope): [string, { max_budget: number | null; budget_duration: string | null }] => {
    const { limitNanoUsd, duration } = partsOf(scope.budget).main
    return [modelOf(scope), { max_budget: limitNanoUsd === null ? null : toUsdNumber(limitNanoUsd), budget_duration: duration }]
  })
  return Object.fromEntries(entries)
}

/** Nobody has this user id: it is the member that every new one starts as. */
export const everyMember = '*'
/** LiteLLM's user ids, except the one that stands for all. */
export const userId = name.refine((id) => id !== everyMember, 'this id stands for every member of a team')

const memberRef = (team: Pick<Team, 'id'>, user: string): ScopeName => ({ kind: 'member', ref: `${String(team.id)}/${user}` })

export const memberBudgetOf = (directory: Directory, team: Pick<Team, 'id'>): Budget => directory.findScope(memberRef(team, everyMember))?.budget ?? noBudget

/** Reaches the members who are or were there, except those whose budget was set by itself. */
export async function writeMemberBudget(deps: Writer, team: Pick<Team, 'id'>, budget: Budget): Promise<void> {
  const before = memberBudgetOf(deps.directory, team)
  const users = new Set([...usersOf(deps.directory, team), ...pastUsersOf(deps.directory, team)])
  await writeBudget(deps, memberRef(team, everyMember), budget)
  for (const user of users) {
    const own = deps.directory.findScope(memberRef(team, user))?.budget ?? noBudget
    if (limitsOf(own) === limitsOf(before)) await writeBudget(deps, memberRef(team, user), budget)
  }
}
const usersOf = (directory: Directory, team: Pick<Team, 'id'>): readonly string[] =>
  listKeys(directory)
    .filter(({ key }) => key.teamId === team.id)
    .flatMap(({ key }) => key.userId ?? [])

/** Whose last key there is gone is no newcomer when the next one comes, and would be let in without. */
function pastUsersOf(directory: Directory, team: Pick<Team, 'id'>): readonly string[] {
  const place = memberRef(team, '').ref
  return directory
    .scopes('member')
    .filter(({ ref }) => ref.startsWith(place) && ref !== memberRef(team, everyMember).ref)
    .map(({ ref }) => ref.slice(place.length))
}

const limitsOf = ({ windows }: Budget): string =>
  windows.map(({ limitNanoUsd, duration, hard }) => `${String(limitNanoUsd)} ${String(duration)} ${String(hard)}`).join()

/** Before the key is written, so that it never works without. */
export async function welcomeMember(deps: Writer, key: Pick<VirtualKey, 'teamId' | 'userId'>): Promise<void> {
  const { teamId, userId: user } = key
  if (teamId === null || user === null || deps.directory.findScope(memberRef({ id: teamId }, user)) !== null) return
  const budget = memberBudgetOf(deps.directory, { id: teamId })
  if (budget.windows.length > 0) await writeBudget(deps, memberRef({ id: teamId }, user), budget)
}
