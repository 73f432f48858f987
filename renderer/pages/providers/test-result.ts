// The answer of a connection test in plain words.
// Promises: a refusal by the provider reads as one, with the provider's own message.

import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { ApiError } from '../../lib/api.ts'
import { formatMs } from '../../lib/format.ts'

export interface TestResult {
  readonly ok: boolean
  readonly sentence: string
  readonly requestId: string | null
}

/** Reads `{status: "success" | "error", …}`; our own fields beside it are optional. */
export function readTestResult(answer: JsonObject): TestResult {
  const ok = answer['status'] === 'success' || answer['status'] === 'healthy' || answer['status'] === 'ok'
  const requestId = textAt(answer, 'request_id')
  if (!ok) return { ok, sentence: textAt(answer, 'message') ?? textAt(answer, 'error') ?? 'The test failed without a message.', requestId }
  const durationMs = numberAt(answer, 'duration_ms')
  return { ok, sentence: durationMs !== null ? `It answered in ${formatMs(durationMs)}.` : 'It answered.', requestId }
}

export function toFailedTest(error: ApiError): TestResult {
  return { ok: false, sentence: error.message, requestId: null }
}

function textAt(answer: JsonObject, name: string): string | null {
  const value = valueAt(answer, name)
  return typeof value === 'string' && value !== '' ? value : null
}
function numberAt(answer: JsonObject, name: string): number | null {
  const value = valueAt(answer, name)
  return typeof value === 'number' ? value : null
}
/** At the top or, as the route answers, inside `result`. */
function valueAt(answer: JsonObject, name: string): unknown {
  const { result } = answer
  return answer[name] ?? (typeof result === 'object' && result !== null && name in result ? Reflect.get(result, name) : undefined)
}
