// Changes to a JSON body, gentle ones that most readers take and bad ones that none should, and changes to its bytes.
// Promises: the body that is given stays as it was; every choice is the given chance's. Leaves alone: which of them when (fuzz-plan.ts).

import type { Chance } from '../kit/random.ts'

const gentle: readonly unknown[] = [0, 1, 'hello', '', null, true, 'é🌍\u0000', 'x'.repeat(2000), [], {}]
const bad = [
  null,
  -1,
  0,
  1e308,
  2 ** 53,
  0.5,
  '',
  'x',
  '\ud800',
  'x'.repeat(20_000),
  true,
  [],
  {},
  [[]],
  [null],
  [{}],
  { type: '?' },
  { ['__proto__']: 1 },
  'data:image/png;base64,',
  'http://169.254.169.254/',
] as const
const names = [
  'type',
  'content',
  'role',
  'id',
  'name',
  'x_unknown',
  'metadata',
  'user',
  'n',
  'stop',
  'logprobs',
  'seed',
  'response_format',
  'tool_choice',
  'store',
  'thinking',
  'reasoning_effort',
] as const

type Fields = Record<string, unknown>

/** Members nobody knows, other figures, other words: nothing that must be refused. */
export function changeGently(body: Fields, chance: Chance): Fields {
  const changed = structuredClone(body)
  for (let count = chance.between(0, 2); count > 0; count -= 1) {
    if (chance.between(1, 2) === 1) changed[`x_${chance.between(1, 5)}`] = chance.pick(gentle as [unknown, ...unknown[]])
    else if ('max_tokens' in changed) changed['max_tokens'] = chance.between(1, 500)
    else changed['seed'] = chance.between(0, 2 ** 31)
  }
  return changed
}

/** One to three places anywhere inside: another value, a member more or less, an element again and again. */
export function changeBadly(body: Fields, chance: Chance): unknown {
  const changed = structuredClone(body)
  for (let count = chance.between(1, 3); count > 0; count -= 1) {
    const place = somewhere(changed, chance)
    if (Array.isArray(place)) changeList(place, chance)
    else changeObject(place, chance)
  }
  return changed
}

function changeObject(place: Fields, chance: Chance): void {
  const [first, ...more] = Object.keys(place)
  const key = first === undefined ? chance.pick(names) : chance.pick([first, ...more])
  const way = chance.between(1, 4)
  if (way === 1) Reflect.deleteProperty(place, key)
  else place[way === 2 ? chance.pick(names) : key] = structuredClone(chance.pick(bad))
}

function changeList(list: unknown[], chance: Chance): void {
  const at = chance.between(0, Math.max(0, list.length - 1))
  const way = chance.between(1, 4)
  if (way === 1) list.splice(at, 1)
  else if (way === 2) list.splice(at, 0, structuredClone(chance.pick(bad)))
  else if (way === 3) list.push(...Array.from({ length: chance.between(1, 40) }, () => structuredClone(list[at])))
  else list.reverse()
}

/** An object or a list on some level. */
function somewhere(root: Fields, chance: Chance): Fields | unknown[] {
  let place: Fields | unknown[] = root
  for (let depth = chance.between(0, 5); depth > 0; depth -= 1) {
    const inner: readonly (Fields | unknown[])[] = Object.values(place).filter(
      (value): value is Fields | unknown[] => typeof value === 'object' && value !== null,
    )
    if (inner.length === 0) return place
    place = inner[chance.between(0, inner.length - 1)] ?? place
  }
  return place
}

const tokens = [
  '{',
  '}',
  '[',
  ']',
  '"',
  ',',
  ':',
  '\\u0000',
  '\\',
  '\u0000',
  '\uFEFF',
  '1e999',
  '-',
  'null',
  '"__proto__":{},',
  '"model":"plain",',
  '['.repeat(200),
] as const

export function changeBytes(bytes: Uint8Array, chance: Chance): Uint8Array {
  let changed = Buffer.from(bytes)
  for (let count = chance.between(1, 3); count > 0; count -= 1) {
    const at = chance.between(0, changed.length)
    const way = chance.between(1, 4)
    if (way === 1) changed = changed.subarray(0, at)
    else if (way === 2) changed = Buffer.concat([changed.subarray(0, at), Buffer.from(chance.pick(tokens)), changed.subarray(at)])
    else if (way === 3) changed = Buffer.concat([changed.subarray(0, at), changed.subarray(at + chance.between(1, 20))])
    else if (at < changed.length) changed[at] = (changed[at] ?? 0) ^ (1 << chance.between(0, 7))
  }
  return changed
}
