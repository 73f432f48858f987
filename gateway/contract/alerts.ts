// What may have to interrupt a person, as facts: budgets near their end, providers that fail, keys about to expire; and the day so far.
// Promises: no secret, no prompt; names are those people gave. The schema is what the route answers with and what the desktop shell reads it by.
// Leaves alone: when somebody is told, and in which words (main/os).

import { z } from 'zod'
import { scopeKinds } from './scope.ts'

const text = z.string()
const count = z.int().nonnegative()

export const panelAlertsSchema = z.strictObject({
  /** The current day of the ledger's zone. */
  today: z.strictObject({ requests: count, errors: count, costUsd: text }),
  /** Requests that have not ended. */
  running: count,
  budgets: z.array(
    z.strictObject({
      /** The same for one limit of one scope, however often it is read. */
      id: text,
      kind: z.enum(scopeKinds),
      name: text,
      href: text,
      /** false: reported when reached, never refused. */
      hard: z.boolean(),
      duration: text.nullable(),
      limitUsd: text,
      /** Settled, to the nearest whole percent of the limit. */
      percent: count,
      periodStartMs: z.number(),
    }),
  ),
  /** Those that were called lately. */
  providers: z.array(
    z.strictObject({
      id: text,
      title: text,
      state: z.enum(['failing', 'ok', 'unclear']).meta({ description: 'failing: at least 5 calls and half of all failed · ok: the newest was answered' }),
      calls: count,
      failures: count,
      /** Requests that failed here and were answered elsewhere. */
      rescued: count,
      /** The oldest failure looked at. */
      sinceMs: z.number().nullable(),
    }),
  ),
  keys: z.array(z.strictObject({ id: count, name: text, expiresAtMs: z.number(), href: text })),
})
/** GET /panel/attention */
export type PanelAlerts = z.infer<typeof panelAlertsSchema>
