// An exception among the events of an AWS stream, as the service itself would put it there.
// Promises: a message that AWS's own clients read, with both check sums, and throw as what it is called. Leaves alone: errors before a stream (door/).
// Source: https://smithy.io/2.0/aws/amazon-eventstream.html,
// https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html (ResponseStream), as known 2026-11-21.

import { errorTable, type ErrorCode } from '../contract/errors.ts'
import { crc32 } from '../kit/crc32.ts'
import type { StreamError } from './vendor-error.ts'

export function failAws({ message, code }: StreamError): Uint8Array {
  return encodeMessage({ ':exception-type': exceptionOf(code), ':content-type': 'application/json', ':message-type': 'exception' }, JSON.stringify({ message }))
}

/** Of a stream's exceptions the one whose status is ours. A code may also be a vendor's own; what that means nobody knows. */
function exceptionOf(code: string): string {
  const status = Object.hasOwn(errorTable, code) ? errorTable[code as ErrorCode].status : 502
  if (status === 429) return 'throttlingException'
  if (status === 503) return 'serviceUnavailableException'
  return status < 500 ? 'validationException' : 'modelStreamErrorException'
}

const preludeBytes = 8
const checkBytes = 4
const textType = 7

function encodeMessage(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const head = Buffer.concat(Object.entries(headers).map(([name, value]) => encodeHeader(name, value)))
  const body = Buffer.from(payload)
  const prelude = Buffer.alloc(preludeBytes)
  prelude.writeUInt32BE(preludeBytes + checkBytes + head.length + body.length + checkBytes, 0)
  prelude.writeUInt32BE(head.length, 4)
  const checked = Buffer.concat([prelude, checkSum(prelude), head, body])
  return Buffer.concat([checked, checkSum(checked)])
}

function encodeHeader(name: string, value: string): Uint8Array {
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Buffer.byteLength(value))
  return Buffer.concat([Buffer.of(Buffer.byteLength(name)), Buffer.from(name), Buffer.of(textType), length, Buffer.from(value)])
}

function checkSum(bytes: Uint8Array): Uint8Array {
  const sum = Buffer.alloc(checkBytes)
  sum.writeUInt32BE(crc32(bytes))
  return sum
}
