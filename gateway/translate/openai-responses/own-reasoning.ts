// OpenAI's encrypted reasoning as a signature of the pivot, marked as its own.
// Promises: only what came from this wire goes back on it: another vendor's signature would be refused. Leaves alone: what is encrypted.

const mark = 'openai-responses:'

export const signOwn = (encrypted: string): string => `${mark}${encrypted}`

/** null: another vendor's. */
export function readOwn(signature: string | undefined): string | null {
  return signature?.startsWith(mark) === true ? signature.slice(mark.length) : null
}
