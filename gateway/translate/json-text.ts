// Bytes from a vendor to values, without ever throwing.
// Promises: invalid UTF-8 becomes U+FFFD; invalid JSON becomes undefined.

import { objectOf, type JsonObject } from '../contract/json.ts'

/** undefined: not JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  return parseText(decode(bytes))
}

/** undefined: not JSON. */
export function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** undefined: not a JSON object. Prose is told apart by its first character: an error for each text that is no JSON costs more than all the rest. */
export function parseObjectText(text: string): JsonObject | undefined {
  return beginsObject.test(text) ? objectOf(parseText(text)) : undefined
}
const beginsObject = /^\s*\{/

export const decode = (bytes: Uint8Array): string => asBuffer(bytes).toString('utf8')
/** A character for each byte: quick, and enough to look for what is ASCII. */
export const decodeLatin1 = (bytes: Uint8Array): string => asBuffer(bytes).toString('latin1')

const asBuffer = (bytes: Uint8Array): Buffer => (Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
