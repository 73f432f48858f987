// LiteLLM's entries of `pass_through_endpoints`, in a file or through the API: read and judged, secrets apart.
// Promises: a key is used or named; no entry works without a key of ours; a header that is a credential never stays text.
// Leaves alone: which paths are taken (door), what becomes of literal secrets and notes (callers).
// Source: LiteLLM's page "Create Pass Through Endpoints" and `PassThroughGenericEndpoint` (litellm/proxy/_types.py), as known 2026-11-21.

import { isJsonObject, textOf, type Json } from '../contract/json.ts'
import type { OwnPath } from '../contract/own-path.ts'
import { passingMethods, type PassingMethod } from '../contract/request.ts'
import { secret } from '../contract/sealed.ts'
import { staysHere } from '../kit/header-rules.ts'
import { parseBaseUrl } from './base-url.ts'
import { isFraming, isHeader, looksSecret } from './extra-headers.ts'
import { note, type Note } from './notes.ts'
import type { GivenSecret } from './parse-deployment.ts'
import { isOff, readBoolean, readNumber, readTimeoutMs } from './values.ts'

export interface OwnPathDraft extends Omit<OwnPath, 'id' | 'headers'> {
  readonly headers: Readonly<Record<string, { readonly text: string; readonly given: GivenSecret }>>
}
export interface ReadOwnPath {
  /** null: there is a mistake among the notes. */
  readonly draft: OwnPathDraft | null
  readonly notes: readonly Note[]
}

const used = new Set(['id', 'path', 'target', 'headers', 'default_query_params', 'include_subpath', 'cost_per_request', 'timeout', 'auth', 'methods'])
const dollarsMax = 100_000

export function readOwnPath(input: unknown): ReadOwnPath {
  const notes: Note[] = []
  const mistake = (key: string, text: string): void => void notes.push(note('mistake', [key], text))
  if (!isJsonObject(input)) return { draft: null, notes: [note('mistake', [], 'must be a mapping')] }
  for (const [key, value] of Object.entries(input)) if (!used.has(key)) notes.push(...noteOther(key, value ?? null))
  const read = <Value>(key: string, kind: string, how: (value: Json) => Value | undefined): Value | null => {
    const raw = input[key]
    if (raw === undefined || raw === null) return null
    const value = how(raw)
    if (value === undefined) mistake(key, `must be ${kind}`)
    return value ?? null
  }
  if (read('auth', 'true or false', readBoolean) === false)
    mistake('auth', 'is false, which would let anybody call without a key; every call needs a key of this gateway')
  const path = read('path', 'a path such as /my-endpoint, of letters, digits and . _ ~ -, without a slash at its end', readPath)
  const target = readTarget(input['target'], notes)
  const draft: Partial<OwnPathDraft> = {
    headers: readOwnHeaders(input['headers'], notes),
    query: readQuery(input['default_query_params'], notes),
    includesBelow: read('include_subpath', 'true or false', readBoolean) ?? false,
    costUsd: read('cost_per_request', 'an amount in dollars, at most 100000', readDollars),
    timeoutMs: read('timeout', 'a number of seconds, at most a day', readTimeoutMs),
    methods: read('methods', `a list of ${passingMethods.join(', ')}`, readMethods) ?? passingMethods,
  }
  if (input['path'] === undefined || input['path'] === null) mistake('path', 'is needed')
  const isWrong = notes.some(({ kind }) => kind === 'mistake')
  return { draft: isWrong || path === null || target === null ? null : { ...(draft as OwnPathDraft), path, target }, notes }
}

function noteOther(key: string, value: Json): readonly Note[] {
  if (key === 'guardrails') return isOff(value) ? [] : [note('protective', [key], 'sets guardrails, which this version does not do')]
  if (key === 'forward_headers' && isOff(value)) return []
  const text =
    key === 'forward_headers' ? 'has no effect: of the caller’s headers those of a list travel, and never a credential' : 'is not supported and has no effect'
  return [note('warning', [key], text)]
}

/** One reading only: no dots that climb, nothing encoded, nothing that is a pattern. */
const readPath = (value: Json): string | undefined => {
  const text = textOf(value)
  return text !== undefined && text.length <= pathLengthMax && /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._~-]+)+$/.test(text) ? text : undefined
}
const pathLengthMax = 200

function readTarget(raw: Json | undefined, notes: Note[]): string | null {
  const text = textOf(raw)
  try {
    if (text === undefined) throw new Error('it must be a text')
    if (/[^/]\/+$/.test(text) && URL.parse(text)?.pathname !== '/') notes.push(note('warning', ['target'], 'is called without the slash at its end'))
    return parseBaseUrl(text)
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message.replace(/\.$/, '') : 'it is no address'
    notes.push(note('mistake', ['target'], `cannot be used: ${reason}${text?.includes('?') === true ? ' (default_query_params takes one)' : ''}`))
    return null
  }
}

const readDollars = (value: Json): number | undefined => {
  const dollars = readNumber(value)
  return dollars !== undefined && dollars >= 0 && dollars <= dollarsMax ? dollars : undefined
}

function readMethods(value: Json): readonly PassingMethod[] | undefined {
  if (!Array.isArray(value)) return undefined
  const asked = value.map((name: Json) => textOf(name)?.toUpperCase())
  const methods = passingMethods.filter((method) => asked.includes(method))
  return methods.length > 0 && asked.every((name) => methods.some((method) => method === name)) ? methods : undefined
}

const reference = /^([^]*?)(os\.environ\/[A-Za-z_]\w{0,199}|(?:keychain|passphrase)\/[^]{1,200})$/

function readOwnHeaders(raw: Json | undefined, notes: Note[]): OwnPathDraft['headers'] {
  const headers = new Map<string, OwnPathDraft['headers'][string]>()
  if (raw !== undefined && raw !== null && !isJsonObject(raw)) notes.push(note('mistake', ['headers'], 'must be a mapping of names to texts'))
  for (const [given, value] of Object.entries(isJsonObject(raw) ? raw : {})) {
    const name = given.toLowerCase()
    const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : textOf(value)
    const fault = faultOf(name, text, headers.has(name))
    if (fault !== null) notes.push(note('mistake', ['headers', given.slice(0, 100)], fault))
    // What the body is, and how it may come back, the caller and the gateway say.
    else if (isFraming(name)) notes.push(note('warning', ['headers', given], 'is set for each call by what it carries; it is left out'))
    else if (text !== undefined) headers.set(name, splitHeader(name, text))
  }
  return Object.fromEntries(headers)
}

function faultOf(name: string, text: string | undefined, twice: boolean): string | null {
  if (text === undefined) return 'must be a text'
  if (twice) return 'stands twice'
  if (staysHere(name)) return 'is set by the gateway itself'
  if (!isHeader(name, text)) return 'is not a header that can be sent'
  return text.includes('os.environ/') && !reference.test(text) ? 'must end with os.environ/NAME' : null
}

function splitHeader(name: string, text: string): OwnPathDraft['headers'][string] {
  const [, before = '', ref] = reference.exec(text) ?? []
  if (ref !== undefined) return { text: before, given: { reference: ref, literal: null } }
  if (!looksSecret(name, text)) return { text, given: { reference: null, literal: null } }
  // The scheme is no secret, and what a vendor echoes is often the rest alone.
  const scheme = /^(?:bearer|basic|token)\s+/i.exec(text)?.[0] ?? ''
  return { text: scheme, given: { reference: null, literal: secret(text.slice(scheme.length)) } }
}

/** Where vendors take a key in the query; such an entry would be shown with its key. */
const queryCredential = /^key$|api[-_]?key|token|secret|password|^sig(?:nature)?$/i

function readQuery(raw: Json | undefined, notes: Note[]): Readonly<Record<string, string>> {
  const at = 'default_query_params'
  if (raw !== undefined && raw !== null && !isJsonObject(raw)) notes.push(note('mistake', [at], 'must be a mapping of names to texts'))
  const entries = Object.entries(isJsonObject(raw) ? raw : {})
  return Object.fromEntries(
    entries.flatMap(([name, value]): [string, string][] => {
      const text = typeof value === 'number' || typeof value === 'boolean' ? String(value) : textOf(value)
      if (text === undefined) notes.push(note('mistake', [at, name], 'must be a text'))
      else if (queryCredential.test(name) || text.includes('os.environ/'))
        notes.push(note('mistake', [at, name], 'would hold a credential, which belongs in headers'))
      return text === undefined ? [] : [[name, text]]
    }),
  )
}
