// Members of Google's JSON, in whichever spelling they come.
// Promises: `systemInstruction` is found as `system_instruction` too, because the vendor reads both; the first spelling wins.
// Leaves alone: what the values mean. Source: https://protobuf.dev/programming-guides/json/ (field names), as known 2026-11-21.

import type { Json, JsonObject } from '../../contract/json.ts'

export function memberOf(object: JsonObject | undefined, name: string): Json | undefined {
  return object?.[name] ?? object?.[toSnake(name)]
}

/** Both spellings of a name. */
export const spellingsOf = (name: string): readonly string[] => [...new Set([name, toSnake(name)])]

/** Names that this code asks for, and so a closed list; a pattern for each member of each part would be most of the work. */
const snakes = new Map<string, string>()
function toSnake(name: string): string {
  const known = snakes.get(name)
  if (known !== undefined) return known
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  snakes.set(name, snake)
  return snake
}

/** The members of `object` whose names, in either spelling, are not taken and that say something. */
export function unnamed(object: JsonObject, taken: readonly string[]): readonly string[] {
  const known = new Set(taken.flatMap(spellingsOf))
  return Object.entries(object).flatMap(([name, value]) => (known.has(name) || value === null || value === undefined ? [] : [name]))
}
