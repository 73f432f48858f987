// The form of a virtual key as plain values: read from a key, checked, put in words, turned into the admin route's fields.
// Promises: create and edit are the same form; amounts stay text until the last moment; only what changed is sent.
// Leaves alone: fields the gateway has and this form does not show.

import type { PanelKey } from '../../gateway/contract/panel.ts'
import type { Json, JsonObject } from '../../gateway/contract/json.ts'
import { formatDay, formatRelative } from './format.ts'
import { budgetMaxUsd, compareUsd, formatUsd, readTypedUsd } from './money.ts'

export interface KeyForm {
  name: string
  teamId: string
  budget: 'none' | 'amount'
  amount: string
  duration: string
  /** Reported when reached; empty = none. */
  soft: string
  holds: 'strict' | 'block'
  organizationId: string
  projectId: string
  userId: string
  allModels: boolean
  models: string[]
  rpm: string
  parallel: string
  /** keep = as it is (edit only), never, or a duration from now. */
  expiry: string
  tags: { name: string; value: string }[]
}
export type KeyFormErrors = Partial<Record<'name' | 'amount' | 'soft' | 'models' | 'rpm' | 'parallel' | 'tags', string>>

export const durations: readonly { readonly value: string; readonly label: string; readonly each: string }[] = [
  { value: '1d', label: 'per day', each: 'per day' },
  { value: '7d', label: 'per week', each: 'per week' },
  { value: '1mo', label: 'per month', each: 'per calendar month' },
  { value: '', label: 'in total, never resets', each: 'in total' },
]
export const expiries: readonly { readonly value: string; readonly label: string }[] = [
  { value: 'never', label: 'Never' },
  { value: '1d', label: 'In 1 day' },
  { value: '7d', label: 'In 7 days' },
  { value: '30d', label: 'In 30 days' },
  { value: '90d', label: 'In 90 days' },
  { value: '365d', label: 'In 1 year' },
]

/** Public model names, each once, sorted. */
export function namesOf(deployments: readonly { readonly modelName: string }[]): readonly string[] {
  return [...new Set(deployments.map((deployment) => deployment.modelName))].sort((left, right) => left.localeCompare(right))
}

export function emptyKeyForm(): KeyForm {
  return {
    name: '',
    teamId: '',
    budget: 'none',
    amount: '',
    duration: '1mo',
    soft: '',
    holds: 'strict',
    organizationId: '',
    projectId: '',
    userId: '',
    allModels: true,
    models: [],
    rpm: '',
    parallel: '',
    expiry: 'never',
    tags: [],
  }
}

export function toKeyForm(key: PanelKey): KeyForm {
  const limit = key.budget.limitUsd
  return {
    name: key.alias ?? '',
    teamId: key.teamId ?? '',
    budget: limit === null ? 'none' : 'amount',
    amount: limit === null ? '' : trimAmount(limit),
    duration: limit === null && key.budget.softUsd === null ? '1mo' : (key.budget.duration ?? ''),
    soft: key.budget.softUsd === null ? '' : trimAmount(key.budget.softUsd),
    holds: key.budget.holds,
    organizationId: key.organizationId ?? '',
    projectId: key.projectId ?? '',
    userId: key.userId ?? '',
    allModels: key.models.length === 0,
    models: [...key.models],
    rpm: key.rpm === null ? '' : String(key.rpm),
    parallel: key.parallel === null ? '' : String(key.parallel),
    expiry: 'keep',
    tags: Object.entries(metadataOf(key)).map(([name, value]) => ({ name, value: typeof value === 'string' ? value : JSON.stringify(value) })),
  }
}

export function checkKeyForm(form: KeyForm): KeyFormErrors {
  const errors: KeyFormErrors = {}
  if (form.name.trim() === '') errors.name = 'A name is needed, so that spend can be told apart.'
  const amount = form.budget === 'amount' ? budgetProblem(form.amount, 'Write an amount in dollars, such as 25 or 0.50.') : null
  if (amount !== null) errors.amount = amount
  const soft = form.soft.trim() === '' ? null : budgetProblem(form.soft, 'Write an amount in dollars, or leave it empty.')
  if (soft !== null) errors.soft = soft
  if (!form.allModels && form.models.length === 0) errors.models = 'Choose at least one model, or allow all.'
  if (form.rpm.trim() !== '' && !isCount(form.rpm)) errors.rpm = 'Write a whole number, or leave it empty.'
  if (form.parallel.trim() !== '' && !isCount(form.parallel)) errors.parallel = 'Write a whole number, or leave it empty.'
  const names = form.tags.map((tag) => tag.name.trim()).filter((name) => name !== '')
  if (new Set(names).size < names.length) errors.tags = 'Two tags have the same name.'
  else if (form.tags.some((tag) => tag.name.trim() === '' && tag.value.trim() !== '')) errors.tags = 'A tag has a value but no name.'
  return errors
}

/** What is wrong with an amount that was typed as a budget; `unreadable`: in case it is none. */
export function budgetProblem(typed: string, unreadable: string): string | null {
  const amount = readTypedUsd(typed)
  if (amount === null) return unreadable
  return compareUsd(amount, budgetMaxUsd) > 0 ? `A budget is at most ${formatUsd(budgetMaxUsd)}.` : null
}

/** Body of /key/generate. */
export function toCreateBody(form: KeyForm): JsonObject {
  return Object.fromEntries(
    Object.entries(toFields(form, {})).filter(
      ([name, value]) => value !== null && !(name === 'budget_holds' && value === 'strict') && JSON.stringify(value) !== '[]' && JSON.stringify(value) !== '{}',
    ),
  )
}

/** Body of /key/update without `key`: the fields that differ from what the key has now. */
export function toUpdateBody(form: KeyForm, key: PanelKey): JsonObject {
  const before = toFields(toKeyForm(key), metadataOf(key))
  const after = toFields(form, metadataOf(key))
  const changed = Object.fromEntries(
    Object.entries(after).filter(([name, value]) => name !== 'duration' && JSON.stringify(value) !== JSON.stringify(before[name])),
  )
  if (form.expiry === 'keep' || (form.expiry === 'never' && key.expiresAtMs === null)) return changed
  // "-1" is how this route is told to take an expiry away; null would leave it.
  return { ...changed, duration: form.expiry === 'never' ? '-1' : form.expiry }
}

/** "Can use all models, up to $50 per calendar month, never expires." */
export function describeKey(
  form: KeyForm,
  names: { readonly team: string | null; readonly expiresAtMs: number | null; readonly nowMs: number; readonly zone: string },
): readonly string[] {
  const amount = readTypedUsd(form.amount)
  const each = durations.find((duration) => duration.value === form.duration)?.each ?? `every ${form.duration}`
  const lines = [
    form.allModels
      ? 'Can use every model of this gateway.'
      : form.models.length === 1
        ? `Can use only ${form.models[0] ?? ''}.`
        : `Can use ${String(form.models.length)} models.`,
  ]
  if (form.budget === 'none') lines.push('No budget of its own.')
  else if (amount === null) lines.push('The budget still needs an amount.')
  else if (amount === '0') lines.push('Budget of $0: only models that cost nothing.')
  else lines.push(`Up to ${formatUsd(amount)} ${each}. Requests beyond it are blocked.`)
  const soft = form.soft.trim() === '' ? null : readTypedUsd(form.soft)
  if (soft !== null) lines.push(`The first page says when ${formatUsd(soft)} ${each} are reached; nothing is refused for that.`)
  if (names.team !== null) lines.push(`Spends from the budget of team ${names.team} as well.`)
  if (isCount(form.rpm)) lines.push(`At most ${form.rpm.trim()} requests per minute.`)
  if (isCount(form.parallel)) lines.push(`At most ${form.parallel.trim()} at the same time.`)
  lines.push(describeExpiry(form.expiry, names))
  return lines
}

function describeExpiry(expiry: string, names: { readonly expiresAtMs: number | null; readonly nowMs: number; readonly zone: string }): string {
  if (expiry === 'never' || (expiry === 'keep' && names.expiresAtMs === null)) return 'Never expires.'
  if (expiry !== 'keep') return `Expires ${(expiries.find((choice) => choice.value === expiry)?.label ?? expiry).toLowerCase()}.`
  const atMs = names.expiresAtMs ?? 0
  return atMs <= names.nowMs ? `Expired ${formatRelative(atMs, names.nowMs)}.` : `Expires on ${formatDay(atMs, names.zone)}.`
}

function toFields(form: KeyForm, kept: JsonObject): JsonObject {
  const amount = form.budget === 'amount' ? readTypedUsd(form.amount) : null
  const soft = form.soft.trim() === '' ? null : readTypedUsd(form.soft)
  return {
    key_alias: form.name.trim(),
    team_id: form.teamId === '' ? null : form.teamId,
    // JSON numbers are the field's own type in this route; at most fifteen digits, so the text survives.
    max_budget: amount === null ? null : Number(amount),
    budget_duration: (amount === null && soft === null) || form.duration === '' ? null : form.duration,
    soft_budget: soft === null ? null : Number(soft),
    budget_holds: form.budget === 'amount' ? form.holds : 'strict',
    organization_id: textOrNull(form.organizationId),
    project_id: textOrNull(form.projectId),
    user_id: textOrNull(form.userId),
    models: form.allModels ? [] : [...form.models].sort(),
    rpm_limit: isCount(form.rpm) ? Number(form.rpm) : null,
    max_parallel_requests: isCount(form.parallel) ? Number(form.parallel) : null,
    metadata: toMetadata(form.tags, kept),
    duration: form.expiry === 'never' || form.expiry === 'keep' ? null : form.expiry,
  }
}

// A value that was not text and was not touched keeps its type.
function toMetadata(tags: KeyForm['tags'], kept: JsonObject): JsonObject {
  const entries: [string, Json][] = tags
    .filter((tag) => tag.name.trim() !== '')
    .map((tag) => {
      const before = kept[tag.name.trim()]
      return [tag.name.trim(), before !== undefined && typeof before !== 'string' && JSON.stringify(before) === tag.value ? before : tag.value]
    })
  return Object.fromEntries(entries)
}

const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim())

function metadataOf({ metadata }: PanelKey): JsonObject {
  return isObject(metadata) ? metadata : {}
}
function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
function trimAmount(text: string): string {
  return text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text
}
function isCount(text: string): boolean {
  return /^\d{1,9}$/.test(text.trim())
}
