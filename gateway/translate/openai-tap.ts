// Reads what passing OpenAI-style streams show (usage, id, errors, how much text) without touching the bytes.
// Promises: bytes out = bytes in, minus the usage event we asked for ourselves and whatever follows `[DONE]`; events that cannot matter are not parsed.
// Leaves alone: translation (the readers do that).

import { listOf, objectOf, textOf, type JsonObject } from '../contract/json.ts'
import type { StreamFacts, Tap, TapOptions } from '../contract/wire.ts'
import { laterUsage, type TextTally } from '../contract/usage.ts'
import { endOfString, readRun, textsIn, type Likeness } from './chunk-run.ts'
import { decodeLatin1, parseJson, parseText } from './json-text.ts'
import { framesFor } from './pictures.ts'
import { readOpenaiTextUsage, readOpenaiUsage, usageIn } from './openai-usage.ts'
import { createSseSplitter, type SseEvent } from './sse.ts'
import { createMarkedTap, createSeen, type Burst, type Judgement, type Seen } from './tap.ts'
import { readVendorError } from './vendor-error.ts'

export function createOpenaiTap(options: Pick<TapOptions, 'stripUsage' | 'text' | 'pictures'>): Tap {
  const seen = createSeen()
  let introduced = false
  // The last event that could only pass, and what those that are like it look like. Of the event itself nothing is kept: its bytes are part of a burst.
  let plain: Plain | null = null
  let likeness: Likeness | null = null
  const judge = (event: SseEvent): Judgement => {
    if (event.data === null) return 'pass'
    const text = decodeLatin1(event.data)
    if (text === '[DONE]') {
      seen.finished = true
      return 'close'
    }
    const said = scan(text, options.text)
    seen.finished ||= said.finished
    if (introduced && !said.usage && !said.error) {
      plain = said.finished ? null : { raw: event.raw, data: text, said }
      likeness = null
      return 'pass'
    }
    const chunk = objectOf(parseJson(event.data))
    introduced ||= chunk !== undefined && !isPreface(chunk)
    if (chunk !== undefined) note(seen, chunk)
    if (!said.usage) return 'pass'
    // Text that shares an event with a report is part of it.
    seen.textBytesAtUsage = options.text.bytes
    return options.stripUsage && chunk !== undefined && isUsageOnly(chunk) ? 'hide' : 'pass'
  }
  const takeRun = (burst: Burst, from: number): number => {
    if (plain !== null) likeness = likenessOf(plain)
    plain = null
    if (likeness === null) return from
    const text = burst.text()
    const run = readRun(text, from, likeness)
    if (run === null) return from
    // Nearly all texts of a run are plain, and then they are added as one.
    if (needsDecoding.test(run.inside)) for (const inside of textsIn(text, from, { run, likeness })) options.text.add(decodeInside(inside))
    else options.text.add(run.inside, run.filled)
    return run.end
  }
  return createMarkedTap({ splitter: createSseSplitter(framesFor(options)), seen, judge, takeRun, rawOf: ({ raw }) => raw })
}

function note(seen: Seen, chunk: JsonObject): void {
  seen.upstreamId ??= filled(chunk['id'])
  seen.model ??= filled(chunk['model'])
  // Only embeddings come without choices and without text, and they are never streamed.
  const usage = Array.isArray(chunk['data']) ? readOpenaiUsage(chunk['usage']) : readOpenaiTextUsage(usageIn(chunk))
  seen.usage = laterUsage(seen.usage, usage)
  if (chunk['error'] !== undefined && chunk['error'] !== null) seen.error ??= readVendorError(0, chunk)
}

/** Azure's first chunk tells of its filters alone, under no id. */
export const isPreface = (chunk: JsonObject): boolean => chunk['id'] === '' && listOf(chunk['choices']).length === 0
const filled = (value: unknown): string | null => (value === '' ? null : (textOf(value) ?? null))

/** Only such an event exists because we asked for it; usage beside choices would have come anyway. */
function isUsageOnly(chunk: JsonObject): boolean {
  return objectOf(chunk['usage']) !== undefined && listOf(chunk['choices']).length === 0
}

interface Said {
  usage: boolean
  error: boolean
  finished: boolean
  /** Of its only text, where it stands between its quotes. */
  textStart: number
  textEnd: number
}

interface Plain {
  readonly raw: Uint8Array
  readonly data: string
  readonly said: Said
}

/** null: it has no text, or more than one, or is not written as nearly all are: `data: `, one line, a blank one. */
function likenessOf({ raw, data, said: { textStart, textEnd } }: Plain): Likeness | null {
  const usual = raw.length === data.length + 8 && raw[0] === letterD && raw[5] === blank && raw.at(-1) === lineFeed && raw.at(-2) === lineFeed
  return usual && textStart >= 0 ? { head: `data: ${data.slice(0, textStart)}`, tail: `${data.slice(textEnd)}\n\n` } : null
}
const letterD = 0x64
const blank = 0x20
const lineFeed = 0x0a

const member = /"(usage|error|finish_reason|content|reasoning_content|reasoning|refusal|arguments|name|text)"\s*:\s*([^\sn])/g
/**
 * Which of the words that matter are members with a value other than null, and the text of those that hold text, in one walk. Vendors that were asked
 * for usage write `"usage":null` into every other event, and parsing each of those would cost more than everything else here. Quotes inside strings
 * are escaped, so only real members match.
 */
function scan(text: string, tally: TextTally): Said {
  const said: Said = { usage: false, error: false, finished: false, textStart: -1, textEnd: -1 }
  let texts = 0
  member.lastIndex = 0
  for (let found = member.exec(text); found !== null; found = member.exec(text)) {
    const [, name, first] = found
    if (name === 'usage') said.usage = true
    else if (name === 'error') said.error = true
    else if (name === 'finish_reason') said.finished = true
    else if (first === '"') {
      const start = member.lastIndex
      const end = endOfString(text, start)
      if (end > start) tally.add(decodeInside(text.slice(start, end)))
      member.lastIndex = end
      texts += 1
      said.textStart = texts === 1 ? start : -1
      said.textEnd = end
    }
  }
  return said
}

const needsDecoding = /[\\\u0080-\u00ff]/
/** The inside of a JSON string, read as latin1, as the text it stands for. What is damaged is taken as it is. */
function decodeInside(inside: string): string {
  if (!needsDecoding.test(inside)) return inside
  const text = Buffer.from(inside, 'latin1').toString('utf8')
  if (!text.includes('\\')) return text
  return textOf(parseText(`"${text}"`)) ?? text
}

/** Facts of a whole reply of this family. */
export function readOpenaiFacts(body: unknown, text: TextTally): StreamFacts {
  const reply = objectOf(body) ?? {}
  const seen: Seen = { ...createSeen(), finished: true }
  note(seen, reply)
  // Text, a number or an object of another kind is nothing a caller could use, whatever its status says.
  if (!Array.isArray(reply['choices']) && !Array.isArray(reply['data']))
    seen.error ??= { ...readVendorError(0, {}), message: 'The provider sent no reply of this format.' }
  for (const choice of listOf(reply['choices'])) {
    const message = objectOf(objectOf(choice)?.['message']) ?? {}
    const calls = listOf(message['tool_calls']).flatMap((call) => {
      const called = objectOf(objectOf(call)?.['function']) ?? {}
      return [called['name'], called['arguments']]
    })
    const texts = [objectOf(choice)?.['text'], message['content'], message['reasoning_content'] ?? message['reasoning'], message['refusal'], ...calls]
    for (const said of texts) text.add(textOf(said) ?? '')
  }
  seen.textBytesAtUsage = text.bytes
  return seen
}
