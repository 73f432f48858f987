// A vendor that breaks off: before its head, within it, at any byte of its reply, by FIN and by RST.
// Promises: the place is drawn from the call's own chance, so it replays. Leaves alone: stalls (timing.ts).

import type { Line } from './line.ts'
import { chats, everyDialect, streaming, type Call, type Misbehaviour } from './misbehaviour.ts'
import { headText, piecesOf, streamHead, toChunk, wholeText } from './reply.ts'

type Facts = Partial<Omit<Misbehaviour, 'name' | 'run'>>

function cuts(name: string, run: (line: Line, call: Call) => Promise<void>, facts: Facts = {}): Misbehaviour {
  return { name, appliesTo: everyDialect, form: 'both', charges: 'nothing', usage: 'absent', answer: 'unusable', ...facts, run }
}

interface Script {
  readonly head: Buffer
  /** Of the body as it is framed, each with the tokens that are out when it is. */
  readonly chunks: readonly { readonly bytes: Buffer; readonly tokens: number }[]
}
function scriptOf(call: Call): Script {
  if (call.form === 'streamed') {
    return { head: Buffer.from(streamHead(call)), chunks: piecesOf(call).map(({ text, tokens }) => ({ bytes: toChunk(text), tokens })) }
  }
  const bytes = Buffer.from(wholeText(call))
  const head = headText('200 OK', [
    ['content-type', 'application/json'],
    ['content-length', String(bytes.length)],
  ])
  return { head: Buffer.from(head), chunks: [{ bytes, tokens: call.tokens.completion }] }
}

/** Everything up to a byte of the body, and no more. */
async function sendUpTo(line: Line, call: Call, size: number): Promise<void> {
  const { head, chunks } = scriptOf(call)
  await line.write(head)
  let left = size
  for (const { bytes, tokens } of chunks) {
    if (left <= 0) return
    await line.write(bytes.subarray(0, left))
    left -= bytes.length
    if (left >= 0) call.produced += tokens
  }
}

/** A byte of the body before which the reply is surely not whole: the last events and the end mark are behind it. */
function someByte(call: Call): number {
  const { chunks } = scriptOf(call)
  const most = call.form === 'whole' ? (chunks[0]?.bytes.length ?? 2) - 1 : chunks.slice(0, call.words.length).reduce((sum, { bytes }) => sum + bytes.length, 0)
  return call.draw.between(1, Math.max(1, most))
}

/** The byte between the two of the first letter that has two, within the content; null where there is none. */
function withinLetter(call: Call): number | null {
  let before = 0
  for (const { bytes } of scriptOf(call).chunks) {
    const at = bytes.findIndex((byte) => byte >= 0xc2)
    if (at >= 0) return before + at + 1
    before += bytes.length
  }
  return null
}

export const cutMisbehaviours: readonly Misbehaviour[] = [
  cuts('closes-before-its-head', async (line) => line.close()),
  cuts('resets-before-its-head', async (line) => line.reset()),
  cuts('charged-and-resets-before-its-head', async (line) => line.reset(), { charges: 'all' }),
  cuts('closes-within-its-head', async (line, call) => {
    const { head } = scriptOf(call)
    await line.write(head.subarray(0, call.draw.between(1, head.length - 1)))
    line.close()
  }),
  cuts('resets-behind-its-head', async (line, call) => {
    await line.write(scriptOf(call).head)
    await line.pause(5)
    line.reset()
  }),
  cuts('closes-behind-its-head', async (line, call) => {
    await line.write(scriptOf(call).head)
    line.close()
  }),
  cuts(
    'closes-at-some-byte',
    async (line, call) => {
      await sendUpTo(line, call, someByte(call))
      line.close()
    },
    { charges: 'produced' },
  ),
  cuts(
    'resets-at-some-byte',
    async (line, call) => {
      await sendUpTo(line, call, someByte(call))
      await line.pause(5)
      line.reset()
    },
    { charges: 'produced' },
  ),
  cuts(
    'closes-within-a-letter',
    async (line, call) => {
      await sendUpTo(line, call, withinLetter(call) ?? someByte(call))
      line.close()
    },
    { charges: 'produced', appliesTo: chats },
  ),
  cuts(
    'closes-between-events',
    async (line, call) => {
      const { chunks } = scriptOf(call)
      const some = call.draw.between(1, Math.max(1, call.words.length - 1))
      await sendUpTo(
        line,
        call,
        chunks.slice(0, some).reduce((sum, { bytes }) => sum + bytes.length, 0),
      )
      line.close()
    },
    { charges: 'produced', appliesTo: streaming, form: 'streamed' },
  ),
  cuts(
    'ends-between-events',
    async (line, call) => {
      const { chunks } = scriptOf(call)
      const some = call.draw.between(1, Math.max(1, call.words.length - 1))
      await sendUpTo(
        line,
        call,
        chunks.slice(0, some).reduce((sum, { bytes }) => sum + bytes.length, 0),
      )
      line.complete ||= !line.gone
      await line.write('0\r\n\r\n')
    },
    { charges: 'produced', appliesTo: streaming, form: 'streamed' },
  ),
]
