// What Cohere says of a chat: the tokens it bills, beside those its model saw, and why it ended.
// Promises: billed tokens count where they are told; Cohere adds text of its own to a prompt and does not bill it.
// Source: https://docs.cohere.com/docs/how-does-cohere-pricing-work, https://docs.cohere.com/reference/chat (`finish_reason`), as known 2026-11-21.

import type { FinishReason } from '../../contract/chat.ts'
import { countOf, objectOf, type Json } from '../../contract/json.ts'
import type { Usage } from '../../contract/usage.ts'

/** null: half a report would pass for a whole one, so it is left to be counted. */
export function readCohereUsage(value: unknown): Usage | null {
  const usage = objectOf(value) ?? {}
  for (const counts of [objectOf(usage['billed_units']), objectOf(usage['tokens'])]) {
    const input = countOf(counts?.['input_tokens'])
    const output = countOf(counts?.['output_tokens'])
    if (input !== undefined && output !== undefined && input > 0) return { meters: { input, output }, provenance: 'reported' }
  }
  return null
}

const reasons: Readonly<Record<string, FinishReason>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool-calls',
  ERROR_TOXIC: 'content-filter',
  ERROR: 'error',
  TIMEOUT: 'error',
}
export const readCohereFinish = (value: Json | undefined): FinishReason =>
  typeof value === 'string' && Object.hasOwn(reasons, value) ? (reasons[value] ?? 'stop') : 'stop'
