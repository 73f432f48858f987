// Reads single values as the kind their key wants, the lenient way LiteLLM does (numbers and booleans written as text).
// Promises: undefined for anything else; never a NaN. Leaves alone: what is said about it.

import { isJsonObject, textOf, type Json } from '../contract/json.ts'
import type { ValueKind } from './deployment-keys.ts'

export function readValue(value: unknown, kind: ValueKind): Json | undefined {
  if (kind === 'text') return textOf(value)
  if (kind === 'id') return Number.isSafeInteger(value) ? String(value) : textOf(value)
  if (kind === 'number') return readNumber(value)
  if (kind === 'boolean') return readBoolean(value)
  if (kind === 'object') return isJsonObject(value) ? value : undefined
  return toJson(value)
}

/** A finite number, or one written as text: environment variables are always text. */
export function readNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/.test(value.trim()) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

const words: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
])

/** true and false, and YAML 1.1's other words for them. */
export const readBoolean = (value: unknown): boolean | undefined =>
  typeof value === 'boolean' ? value : typeof value === 'string' ? words.get(value.toLowerCase()) : undefined

const longestTimeoutS = 86_400

/** Seconds as LiteLLM writes time limits, in milliseconds; undefined unless more than nothing and at most a day. */
export function readTimeoutMs(value: unknown): number | undefined {
  const seconds = readNumber(value)
  return seconds !== undefined && seconds > 0 && seconds <= longestTimeoutS ? Math.ceil(seconds * 1000) : undefined
}

/** The value itself, when JSON can hold it. */
export function toJson(value: unknown): Json | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (Array.isArray(value)) return value.map((item) => toJson(item) ?? null)
  return isJsonObject(value) ? value : undefined
}

/** null, false, 0, '', [] and {} switch nothing on. */
export function isOff(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === 0 || value === '') return true
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0
}

/** Equal objects give equal text, whatever the order of their members. */
export function canonicalText(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonicalText(item)).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value ?? null)
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalText(value[key])}`)
    .join(',')}}`
}
