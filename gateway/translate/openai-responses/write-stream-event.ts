// One event of a Responses stream: named twice, in its line and in its data, as the vendor does.
// Promises: readers of either find it. Leaves alone: what it says.

import type { JsonObject } from '../../contract/json.ts'
import type { StreamError } from '../vendor-error.ts'

export function writeStreamEvent(type: string, sequence: number, fields: JsonObject): Uint8Array {
  return Buffer.from(`event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`)
}

/** After bytes that are not ours, whose numbers are not counted; no client compares this one. */
export function failResponses(error: StreamError): Uint8Array {
  return writeStreamEvent('error', 0, { code: error.code, message: error.message, param: null })
}
