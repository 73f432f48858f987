// Bytes from a vendor to values, without ever throwing.
// Promises: invalid UTF-8 becomes U+FFFD; invalid JSON becomes undefined.

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

export function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}
