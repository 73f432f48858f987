// What AWS services say when they refuse: `{message}` in a reply with an error status, or an exception among the events of a stream.
// Promises: the service's own wording survives; a refused credential is known as such whatever its status.
// Leaves alone: which status a caller gets.
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html, as known 2026-11-21.

import type { ReplyEvent, VendorError } from '../contract/chat.ts'
import { objectOf, textOf } from '../contract/json.ts'
import type { EventMessage } from './event-stream.ts'
import { parseJson } from './json-text.ts'
import { readVendorError } from './vendor-error.ts'

const refusedCredential = /^(?:ExpiredToken|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|MissingAuthenticationToken|IncompleteSignature)/

/** Some parts of AWS write `Message`. The type stands in a header mostly, and in `__type` sometimes, behind a namespace. */
export function readAwsError(status: number, body: unknown): VendorError {
  const fields = objectOf(body)
  const error = readVendorError(status, fields?.['message'] === undefined && fields?.['Message'] !== undefined ? { message: fields['Message'] } : body)
  const type = textOf(fields?.['__type'])?.split('#').at(-1) ?? error.type
  return { ...error, type, ...(type !== null && refusedCredential.test(type) ? { credentialRefused: true } : {}) }
}

/** null: it is no exception. */
export function readException({ headers, payload }: EventMessage): Extract<ReplyEvent, { type: 'error' }> | null {
  const kind = headers.get(':message-type')
  if (kind !== 'exception' && kind !== 'error') return null
  const body = objectOf(parseJson(payload))
  const said = textOf(body?.['message']) ?? textOf(body?.['Message']) ?? textOf(headers.get(':error-message'))
  const code = textOf(headers.get(':exception-type')) ?? textOf(headers.get(':error-code')) ?? null
  return { type: 'error', message: said ?? `The provider broke off its reply${code === null ? '' : ` (${code})`}.`, code }
}
