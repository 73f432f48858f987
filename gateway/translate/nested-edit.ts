// Edits inside one member of a body that otherwise passes byte for byte.
// Promises: bytes outside the changed members stay, inside the member and around it. Leaves alone: which edits there are.

import { isJsonObject, type JsonObject } from '../contract/json.ts'
import { editObject, scanObject, type Edit } from '../kit/json-scan.ts'

const openBrace = 0x7b
const decoder = new TextDecoder()

/** The member's own text with the changes in it; what is no object becomes one. */
export function spliced(raw: Uint8Array, name: string, inside: readonly Edit[]): string {
  const member = scanObject(raw).members.find((found) => found.key === name)
  const own = member === undefined ? new TextEncoder().encode('{}') : raw.subarray(member.start, member.end)
  const object = own[0] === openBrace ? own : new TextEncoder().encode('{}')
  return decoder.decode(editObject(object, inside))
}

/** An output cap that stands inside a member. */
export function capNested(
  raw: Uint8Array,
  body: JsonObject,
  { member, field, cap }: { readonly member: string; readonly field: string; readonly cap: number | undefined },
): Uint8Array {
  const config = body[member]
  const asked = isJsonObject(config) ? config[field] : undefined
  if (cap === undefined || (typeof asked === 'number' && asked >= 1 && asked <= cap)) return raw
  return editObject(raw, [{ key: member, json: spliced(raw, member, [{ key: field, json: String(cap) }]) }])
}
