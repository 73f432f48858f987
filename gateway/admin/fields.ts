// The fields that keys and teams share, and the rule for those of LiteLLM that this version cannot keep.
// Promises: an unknown field is refused by name; a known field that would protect somebody is refused, never silently ignored.
// Leaves alone: which fields a route has (key-fields.ts, team-fields.ts).

import { z } from 'zod'
import type { Json, JsonObject } from '../contract/json.ts'
import { nanoUsd, parseUsd, type NanoUsd } from '../contract/money.ts'
import { tagsMax } from '../contract/request.ts'
import { isDuration } from '../kit/calendar.ts'

/** A billion dollars: far above any budget, far below what 64 bits of nano-dollars hold. */
const dollarsMax = 1_000_000_000
const plainNumber = /^\d{1,10}(\.\d{1,18})?$/
const nameLengthMax = 256

/** Dollars as LiteLLM sends them (a number) or exactly (a decimal string). */
export const dollars = z
  .union([z.number().min(0).max(dollarsMax), z.string().regex(plainNumber, 'write dollars as a plain decimal such as "12.50"')])
  .refine((value) => Number(value) <= dollarsMax, `at most ${dollarsMax} dollars`)
export const toBudget = (value: number | string | null | undefined): NanoUsd | null => (value === null || value === undefined ? null : nanoUsd(parseUsd(value)))

export const period = z.string().refine(isDuration, 'not a period: write 30s, 15m, 12h, 1d, 7d, 30d, 2w or 1mo')
export const wholeLimit = z.int().min(0).max(1_000_000_000)
/** Half a sign (a lone surrogate, which JSON allows) is kept as another one, so that two names would become one. */
export const name = z
  .string()
  .min(1)
  .max(nameLengthMax)
  .refine((text) => text.isWellFormed(), 'holds half a character, which cannot be kept')
/** Of a key: all of them count with every call, so there may be no more than a call can have. */
export const tags = z.array(name).max(tagsMax)

/** Public model names, or patterns of them. `*`, `all-proxy-models` and `all-team-models` allow all, `no-default-models` none. */
export const modelNames = z.array(name).max(1000)

const json: z.ZodType<Json> = z.json()
// Several of LiteLLM's key and team features hide inside metadata.
const protectiveMetadata = [
  'guardrails',
  'policies',
  'model_rpm_limit',
  'model_tpm_limit',
  'mcp_rpm_limit',
  'tag_rpm_limit',
  'enforced_params',
  'allowed_passthrough_routes',
  'soft_budget',
]
export const metadata: z.ZodType<JsonObject> = z.record(z.string(), json).superRefine((value, context) => {
  for (const key of protectiveMetadata) if (!isEmpty(value[key])) context.addIssue({ code: 'custom', path: [key], message: unenforcedText })
  // LiteLLM keeps tags here as well: what is shown as a tag must be counted as one.
  if (!isEmpty(value['tags']) && !tags.safeParse(value['tags']).success)
    context.addIssue({ code: 'custom', path: ['tags'], message: `must be a list of at most ${tagsMax} names` })
})

const unenforcedText = 'not enforced by this version, so it is refused instead of being ignored; leave it out or send null'

/** Accepts a field only when it asks for nothing: null, false, "", or a list or object of such. */
export const unenforced = z
  .unknown()
  .refine(isEmpty, unenforcedText)
  .optional()
  .meta({ description: 'Known, but not enforced by this version: only null or an empty value is accepted.' })
/** As `unenforced`, for fields where LiteLLM's default is a word or a zero. */
export const onlyDefault = (allowed: Json): z.ZodType<unknown> =>
  z
    .unknown()
    .refine((value) => isEmpty(value) || value === allowed, unenforcedText)
    .optional()
    .meta({ description: `Only ${JSON.stringify(allowed)} or null is accepted by this version.` })

export function unenforcedFields<const Name extends string>(names: readonly Name[]): Record<Name, typeof unenforced> {
  // Object.fromEntries forgets the names; they are exactly these.
  return Object.fromEntries(names.map((field) => [field, unenforced])) as Record<Name, typeof unenforced>
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return true
  return typeof value === 'object' && Object.values(value).every(isEmpty)
}

/** Query flags: true/false, 1/0, yes/no in any case, as Python and JavaScript clients write them. */
export const flag = z.stringbool()
export const wholeText = z.coerce.number().int()
