// JSON values from outside, before anything is known about them.
// Promises: narrow types for parsed JSON. Leaves alone: meaning.

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined)
// No call uses as much; a vendor's wilder number would take its cost beyond what a ledger row can hold.
const countMax = 1_000_000_000
/** A count from a vendor: a whole number from zero to a billion, or undefined. */
export const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && value <= countMax ? value : undefined
export const objectOf = (value: unknown): JsonObject | undefined => (isJsonObject(value) ? value : undefined)
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
