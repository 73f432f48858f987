// The filters that request lists, spend and exports share, as query parameters and as the ledger's words.
// Promises: ids are whole numbers, names are bounded; filters combine with and.
// Leaves alone: time ranges.

import { type z } from 'zod'
import { keyId, teamId } from '../contract/ids.ts'
import type { RequestFilter } from '../contract/reports.ts'
import { name, wholeText } from './fields.ts'

/** `key` and `team` are row ids, as the panel's facets list them. */
export const filterFields = {
  key: wholeText.min(1).optional(),
  team: wholeText.min(1).optional(),
  model: name.optional(),
  provider: name.optional(),
}
type FilterQuery = z.infer<z.ZodObject<typeof filterFields>>

export function toFilter(query: FilterQuery): Omit<RequestFilter, 'fromMs' | 'toMs'> {
  return {
    ...(query.key === undefined ? {} : { keyId: keyId(query.key) }),
    ...(query.team === undefined ? {} : { teamId: teamId(query.team) }),
    ...(query.model === undefined ? {} : { model: query.model }),
    ...(query.provider === undefined ? {} : { providerId: query.provider }),
  }
}
