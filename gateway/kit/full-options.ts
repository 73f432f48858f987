// A command line whose options all say something.
// Promises: an option that is there and empty is an error that names it: a variable that is not set must not become a folder, or an address.
// Leaves alone: what options there are, and what they mean.

/** @throws Error */
export function withFullOptions<Parsed extends { readonly values: object }>(parsed: Parsed): Parsed {
  const empty = Object.entries(parsed.values).find(([, value]: [string, unknown]) => [value].flat().includes(''))
  if (empty !== undefined) throw new Error(`Option '--${empty[0]}' is empty`)
  return parsed
}
