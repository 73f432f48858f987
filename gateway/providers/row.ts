// A provider that is plain OpenAI-compatible, described by a row of data.
// Promises: a wrong row stops the start with a sentence that names it. Leaves alone: where rows are stored (resources/providers.json).

import { isJsonObject, listOf, numberOf, objectOf, textOf, type JsonObject } from '../contract/json.ts'
import { abortedCallRules, reasoningBacks, type AbortedCallRule, type Provider, type Quirks, type SettingField } from '../contract/provider.ts'
import { wireIds } from '../contract/request.ts'
import { present } from '../translate/fields.ts'
import { bearer, mediaPaths, moderationsPath, openaiModelList, openaiPaths, relatedPaths, rerankPaths, responsesPath } from '../translate/openai-surface.ts'

/** @throws Error naming the row and the field */
export function createRowProvider(row: unknown): Provider {
  if (!isJsonObject(row)) throw new Error('a provider row must be an object')
  const id = textOf(row['id']) ?? ''
  const wrong = (field: string, rest: string): Error => new Error(`provider row "${id}": ${field} ${rest}`)
  if (!/^[a-z][a-z0-9_]*$/.test(id)) throw wrong('id', 'must be lower-case letters, digits and underscores')
  const text = (field: string): string => {
    const value = textOf(row[field])
    if (value === undefined || value === '') throw wrong(field, 'must be a non-empty string')
    return value
  }
  const flag = (field: string): boolean => {
    const value = row[field]
    if (typeof value !== 'boolean') throw wrong(field, 'must be true or false')
    return value
  }
  const baseUrl = row['defaultBaseUrl'] === null ? null : text('defaultBaseUrl')
  if (baseUrl !== null && (!/^https?:\/\/[^/]/.test(baseUrl) || baseUrl.endsWith('/')))
    throw wrong('defaultBaseUrl', 'must be an http(s) URL without a slash at its end')
  const documentation = objectOf(row['documentation']) ?? {}
  const url = textOf(documentation['url'])
  const checked = textOf(documentation['checked'])
  if (url === undefined || checked === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(checked)) throw wrong('documentation', 'must be {url, checked: "YYYY-MM-DD"}')
  if (!rowSources.some((known) => known === (row['source'] ?? 'documentation'))) throw wrong('source', `must be one of ${rowSources.join(', ')}`)
  const needsKey = flag('needsKey')
  const local = flag('local')
  return {
    id,
    title: text('title'),
    aliases: listOf(row['aliases']).map((alias) => textOf(alias) ?? fail(wrong('aliases', 'must be strings'))),
    local,
    wires: readWires(row['wires'], wrong),
    responsesMode: { wires: responsesPath },
    defaultBaseUrl: baseUrl,
    keyVariable: row['keyVariable'] === null ? null : text('keyVariable'),
    needsKey,
    headers: readAuth(row['auth'], wrong),
    ...(row['passThrough'] === true ? { passPrefixes: [id], ...passagesOf(readWires(row['wires'], wrong)) } : {}),
    modelList: openaiModelList,
    settings: settingsFor(baseUrl, needsKey, textOf(row['exampleBaseUrl'])),
    quirks: readQuirks(objectOf(row['quirks']) ?? {}, wrong),
    abortedCalls: row['abortedCalls'] === undefined ? (local ? 'free' : 'produced') : readRule(row['abortedCalls'], wrong),
    priceVendor: textOf(row['priceVendor']) ?? null,
    documentation: { url, checked },
    verified: row['verified'] === undefined ? false : flag('verified'),
    common: row['common'] === undefined ? false : flag('common'),
  }
}

/** Whose word a row's address and variable are; the vendor's own page unless it says otherwise. */
const rowSources = ['documentation', 'litellm', 'models.dev', 'continue'] as const

type Wrong = (field: string, rest: string) => Error

function fail(error: Error): never {
  throw error
}

/** A row may list fewer wires than the usual three, and those for ranking, pictures and sound or of OpenAI's relatives; it cannot invent others. */
function readWires(value: unknown, wrong: Wrong): Provider['wires'] {
  if (value === undefined) return openaiPaths
  const named = listOf(value)
  const known = Object.entries({ ...openaiPaths, ...rerankPaths, ...relatedPaths, ...mediaPaths, ...moderationsPath })
  if (named.length === 0 || named.some((name) => !known.some(([id]) => id === name)))
    throw wrong('wires', `must name some of ${known.map(([id]) => id).join(', ')}`)
  return Object.fromEntries(known.filter(([id]) => named.includes(id)))
}

/** Of OpenAI's relatives, who share its addresses: no surface of ours has their dialect. */
function passagesOf(wires: Provider['wires']): Pick<Provider, 'passages'> {
  const own = wireIds.filter((id) => Object.hasOwn(relatedPaths, id) && wires[id] !== undefined)
  const paths = own.map((wire) => ({ path: wires[wire] ?? '', wire }))
  return paths.length === 0 ? {} : { passages: { surface: 'openai', bases: ['', '/v1'], paths } }
}

/** `bearer` unless the vendor documents a header of its own. */
function readAuth(value: unknown, wrong: Wrong): Provider['headers'] {
  if (value === undefined || value === 'bearer') return bearer
  const name = textOf(value)
  if (name === undefined || !/^[a-z][a-z0-9-]*$/.test(name)) throw wrong('auth', 'must be bearer or the lower-case name of a header')
  return (secret): Readonly<Record<string, string>> => (secret === null ? {} : { [name]: secret })
}

function readRule(value: unknown, wrong: Wrong): AbortedCallRule {
  return abortedCallRules.find((rule) => rule === value) ?? fail(wrong('abortedCalls', `must be one of ${abortedCallRules.join(', ')}`))
}

const flags = ['noStreamUsage', 'floatEmbeddingsOnly', 'outputDimension', 'coldLoad', 'noTopK'] as const
const choices = { outputCapField: ['max_tokens', 'max_completion_tokens'], reasoningBack: reasoningBacks } as const

function readQuirks(row: JsonObject, wrong: Wrong): Quirks {
  const set: Quirks = Object.fromEntries(flags.filter((name) => row[name] === true).map((name) => [name, true]))
  const unknown = Object.keys(row).filter((name) => !Object.hasOwn(choices, name) && ![...flags, 'secondsMin'].some((known) => known === name))
  if (unknown.length > 0) throw wrong(`quirks.${unknown.join(', ')}`, 'is not a quirk')
  const chosen = <Name extends keyof typeof choices>(name: Name): (typeof choices)[Name][number] | undefined => {
    const known: readonly (typeof choices)[Name][number][] = choices[name]
    const value = row[name]
    return value === undefined ? undefined : (known.find((one) => one === value) ?? fail(wrong(`quirks.${name}`, `must be ${known.join(' or ')}`)))
  }
  const secondsMin = numberOf(row['secondsMin'])
  if (row['secondsMin'] !== undefined && (secondsMin === undefined || secondsMin <= 0)) throw wrong('quirks.secondsMin', 'must be a number above 0')
  return { ...set, ...present({ outputCapField: chosen('outputCapField'), reasoningBack: chosen('reasoningBack'), secondsMin }) }
}

/** `example` shows the form of an address that is each customer's own. */
function settingsFor(baseUrl: string | null, needsKey: boolean, example: string | undefined): readonly SettingField[] {
  const placeholder = baseUrl ?? example
  return [
    { name: 'api_base', label: 'Base URL', kind: 'url', required: baseUrl === null, ...(placeholder === undefined ? {} : { placeholder }) },
    { name: 'api_key', label: 'API key', kind: 'secret', required: needsKey },
  ]
}
