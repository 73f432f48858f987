// Google's error body, read and written.
// Promises: the vendor's wording survives; its status becomes the code; a refused key is told apart from a bad request, which the HTTP status is not.
// Leaves alone: which status a caller gets.
// Source: https://cloud.google.com/apis/design/errors and https://ai.google.dev/gemini-api/docs/troubleshooting, as known 2026-11-21.

import type { VendorError } from '../contract/chat.ts'
import { listOf, numberOf, objectOf, textOf, type JsonObject } from '../contract/json.ts'
import { errorInfo, statusNameOf } from '../kit/google-status.ts'
import { readVendorError, type StreamError } from './vendor-error.ts'

/** `{error:{code,message,status,details}}`; an array response holds it in a list. */
export function readGeminiError(httpStatus: number, body: unknown): VendorError {
  const error = objectOf(objectOf(Array.isArray(body) ? body[0] : body)?.['error']) ?? {}
  const status = textOf(error['status'])
  const details = listOf(error['details']).map((detail) => objectOf(detail) ?? {})
  const retryAfterS = details.map((detail) => secondsOf(detail['retryDelay'])).find((seconds) => seconds !== undefined)
  return {
    ...readVendorError(httpStatus, body),
    ...(status === undefined ? {} : { type: types[status] ?? 'server_error', code: status }),
    ...(retryAfterS === undefined ? {} : { retryAfterS }),
    // A wrong key is answered with 400.
    ...(details.some((detail) => detail['reason'] === 'API_KEY_INVALID') ? { credentialRefused: true } : {}),
  }
}

/** The words that the other families' clients know. */
const types: Readonly<Record<string, string>> = {
  INVALID_ARGUMENT: 'invalid_request_error',
  FAILED_PRECONDITION: 'invalid_request_error',
  OUT_OF_RANGE: 'invalid_request_error',
  NOT_FOUND: 'invalid_request_error',
  RESOURCE_EXHAUSTED: 'rate_limit_error',
}

/** `"18.5s"`, as a duration is written in this JSON. */
function secondsOf(value: unknown): number | undefined {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(textOf(value) ?? '')?.[1]
  return seconds === undefined ? undefined : Math.ceil(Number(seconds))
}

/** An error in a reply that has begun. Clients look for a status between 400 and 599 in `code`. */
export function geminiFailure({ message, type, code }: StreamError): JsonObject {
  const httpStatus = numberOf(streamStatuses[type]) ?? 502
  return { error: { code: httpStatus, message, status: statusNameOf(httpStatus), details: [errorInfo(code)] } }
}

const streamStatuses: Readonly<Record<string, number>> = { invalid_request_error: 400, insufficient_quota: 429, rate_limit_error: 429 }
