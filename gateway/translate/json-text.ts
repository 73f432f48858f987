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

export function decode(bytes: Uint8Array): string {
  if (bytes instanceof Buffer) return bytes.toString('utf8')
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
