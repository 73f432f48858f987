// A vendor whose reply was sound until something chewed on it: bytes, numbers, members and events, changed where the call's own chance says.
// Promises: replays from the seed; the frame around a JSON text stays one unless its bytes are what is changed. Leaves alone: what comes of it.

import type { Draw } from './draw.ts'
import { chats, everyDialect, streaming, type Call, type Misbehaviour } from './misbehaviour.ts'
import { piecesOf, say, sendBody, streamHead, toChunk, wholeText, type How } from './reply.ts'
import type { Piece } from './saying.ts'

type Facts = Partial<Omit<Misbehaviour, 'name' | 'run'>>

function mutates(name: string, how: (call: Call) => How, facts: Facts = {}): Misbehaviour {
  return {
    name,
    appliesTo: everyDialect,
    form: 'both',
    charges: 'all',
    usage: 'false',
    answer: 'unclear',
    ...facts,
    run: async (line, call) => say(line, call, how(call)),
  }
}
const streams = { appliesTo: streaming, form: 'streamed' } as const

/** Each place of a pattern with a chance of one in so many, at least one of them. */
function someOf(
  text: string,
  { pattern, draw, oneIn }: { readonly pattern: RegExp; readonly draw: Draw; readonly oneIn: number },
  change: (found: string) => string,
): string {
  const places = [...text.matchAll(pattern)].length
  const sure = draw.between(0, Math.max(0, places - 1))
  let at = -1
  return text.replace(pattern, (found) => {
    at += 1
    return at === sure || draw.between(1, oneIn) === 1 ? change(found) : found
  })
}
const among = (draw: Draw, values: readonly string[]): string => values[draw.between(0, values.length - 1)] ?? ''

const numbers = /(?<=[:[,])-?\d+(?:\.\d+)?(?=[,}\]])/g
const wildNumbers = [
  '-1',
  '-0',
  '1e308',
  '1e400',
  '-1e400',
  '9007199254740993',
  '4294967295',
  '2147483648',
  '0.1',
  '"1"',
  'null',
  '9'.repeat(400),
  'true',
  '[1]',
]
const values = /(?<=":)(?:"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|true|false|null)(?=[,}])/g
const wildValues = [
  'null',
  '""',
  '{}',
  '[]',
  '0',
  '-1',
  'true',
  '"\\u0000"',
  '"\\ud800"',
  '[[[[]]]]',
  '{"a":{"b":{}}}',
  `"${'x'.repeat(5000)}"`,
  '["__proto__"]',
]
const members = /[{,](?="\w+":)/g
const wildMembers = [
  '"__proto__":{"polluted":true},',
  '"constructor":{"prototype":{"polluted":true}},',
  '"toString":1,',
  '"length":-1,',
  '"":0,',
  '"id":0,',
  '"type":"?",',
]
const lists = /\[(?=[{"\d])/g

function shuffle(pieces: readonly Piece[], draw: Draw): readonly Piece[] {
  const mixed = [...pieces]
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = draw.between(0, at)
    const [left, right] = [mixed[at], mixed[other]]
    if (left === undefined || right === undefined) continue
    mixed[at] = right
    mixed[other] = left
  }
  return mixed
}

export const mutationMisbehaviours: readonly Misbehaviour[] = [
  mutates('numbers-gone-wild', ({ draw }) => ({ json: (text) => someOf(text, { pattern: numbers, draw, oneIn: 4 }, () => among(draw, wildNumbers)) })),
  mutates('numbers-that-are-none', ({ draw }) => ({
    json: (text) => someOf(text, { pattern: numbers, draw, oneIn: 4 }, () => among(draw, ['NaN', 'Infinity', '0x10', '01', '.5'])),
  })),
  mutates('values-of-other-types', ({ draw }) => ({ json: (text) => someOf(text, { pattern: values, draw, oneIn: 6 }, () => among(draw, wildValues)) })),
  mutates('members-nobody-sent', ({ draw }) => ({
    json: (text) => someOf(text, { pattern: members, draw, oneIn: 6 }, (found) => `${found}${among(draw, wildMembers)}`),
  })),
  mutates('members-twice', ({ draw }) => ({
    json: (text) => someOf(text, { pattern: /"(\w+)":(?=["\d])/g, draw, oneIn: 4 }, (found) => `${found}null,${found}`),
  })),
  mutates('lists-with-strangers', ({ draw }) => ({ json: (text) => someOf(text, { pattern: lists, draw, oneIn: 2 }, () => `[${among(draw, wildValues)},`) })),
  mutates('calls-with-one-id', ({ draw }) => ({ json: (text) => withCalls(text, draw) }), { appliesTo: chats }),
  mutates('events-in-another-order', ({ draw }) => ({ pieces: (pieces) => shuffle(pieces, draw) }), streams),
  mutates('events-again', ({ draw }) => ({ pieces: (pieces) => pieces.flatMap((one) => (draw.between(1, 4) === 1 ? [one, one, one] : [one])) }), streams),
  mutates('events-lost', ({ draw }) => ({ pieces: (pieces) => pieces.filter(() => draw.between(1, 4) > 1) }), streams),
  {
    ...mutates('bytes-flipped', () => ({})),
    async run(line, call) {
      const flipped = (text: string): Buffer => flip(Buffer.from(text), call.draw)
      if (call.form === 'whole') return sendBody(line, flipped(wholeText(call)))
      await line.write(streamHead(call))
      for (const { text, tokens } of piecesOf(call)) {
        await line.write(toChunk(call.draw.between(1, 5) === 1 ? flipped(text) : text))
        call.produced += tokens
      }
      line.complete ||= !line.gone
      await line.write('0\r\n\r\n')
    },
  },
]

function flip(bytes: Buffer, draw: Draw): Buffer {
  for (let count = draw.between(1, 4); count > 0; count -= 1) {
    const at = draw.between(0, bytes.length - 1)
    bytes[at] = (bytes[at] ?? 0) ^ (1 << draw.between(0, 7))
  }
  return bytes
}

/** Calls in each dialect's place for them, with an id that is used again and an index that is far away. */
function withCalls(text: string, draw: Draw): string {
  const index = among(draw, ['0', '-1', '4294967294', '1e9', 'null'])
  const call = `{"index":${index},"id":"same","type":"function","function":{"name":"look","arguments":"{\\"a\\":"}}`
  return text
    .replace(/"content":"(?:[^"\\]|\\.)*"/, `$&,"tool_calls":[${call},${call}]`)
    .replace(/"parts":\[/, '"parts":[{"functionCall":{"name":"look","args":{"a":1}}},{"functionCall":{"id":"same","name":"look","args":"?"}},')
    .replace(/"output":\[/, '"output":[{"type":"function_call","call_id":"same","name":"look","arguments":"{"},{"type":"function_call","call_id":"same"},')
    .replace(/"content":\[(?=\{)/, '"content":[{"type":"tool_use","id":"same","name":"look","input":{}},{"type":"tool_use","id":"same"},')
    .replace(/"index":0(?=,"(?:content_block|delta)")/, `"index":${index}`)
    .replace(/"output_index":0/, `"output_index":${index}`)
}
