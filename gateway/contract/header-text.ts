// Text of any origin as the value of an HTTP header.
// Promises: printable ASCII of bounded length whatever comes in (public model names and parameters may be in any script); ASCII stays as it is.
// Leaves alone: header names. Source of the encoding: https://www.rfc-editor.org/rfc/rfc3986#section-2.1, read 2026-11-21.

const lengthMax = 2000

/** Node refuses to send a head with a character beyond Latin-1, and an answer that was paid for would be lost with it. */
export function toHeaderText(text: string): string {
  return text
    .slice(0, lengthMax)
    .toWellFormed()
    .replace(/[^\x20-\x7e]/gu, encodeURIComponent)
    .slice(0, lengthMax)
}
