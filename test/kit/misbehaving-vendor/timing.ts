// A vendor that is slow, stalls or never ends.
// Promises: each wait ends with the connection; stalls last far longer than any time-out a test sets. Leaves alone: what is said meanwhile.

import { everyDialect, eventStreaming, markedChats, streaming, type Call, type Misbehaviour } from './misbehaviour.ts'
import type { Line } from './line.ts'
import { headText, piecesOf, say, sendPieces, streamHead, toChunk, wholeText } from './reply.ts'
import { speechOf } from './speech.ts'

type Facts = Partial<Omit<Misbehaviour, 'name' | 'run'>>

function waits(name: string, run: (line: Line, call: Call) => Promise<void>, facts: Facts = {}): Misbehaviour {
  return { name, appliesTo: everyDialect, form: 'both', charges: 'all', usage: 'reported', answer: 'usable', ...facts, run }
}
const never = { charges: 'produced', usage: 'absent', answer: 'unusable' } as const
const streams = { appliesTo: streaming, form: 'streamed' } as const
const foreverMs = 60_000
const shortMs = 150
/** Well inside any idle time-out. */
const beatMs = 20

async function stallAfter(line: Line, call: Call, count: (length: number) => number): Promise<void> {
  const pieces = piecesOf(call)
  await line.write(streamHead(call))
  await sendPieces(line, call, { pieces: pieces.slice(0, count(pieces.length)), paceMs: 0 })
  await line.pause(foreverMs)
}

/** The same piece of content, so many times in each packet, until the other side has had enough. */
async function repeat(line: Line, call: Call, packet: { readonly times: number; readonly paceMs: number }): Promise<void> {
  const pieces = piecesOf(call)
  const content = pieces.find((one) => one.tokens > 0)
  if (content === undefined) return
  const many = { text: content.text.repeat(packet.times), tokens: packet.times }
  await line.write(streamHead(call))
  await sendPieces(line, call, { pieces: pieces.slice(0, 1), paceMs: 0 })
  while (!line.gone) await sendPieces(line, call, { pieces: [many], paceMs: packet.paceMs })
}

const filler = toChunk(' '.repeat(64 * 1024))

export const timingMisbehaviours: readonly Misbehaviour[] = [
  waits('slow-head', async (line, call) => {
    await line.pause(shortMs)
    await say(line, call)
  }),
  waits('silent', async (line) => line.pause(foreverMs), { ...never, charges: 'nothing' }),
  waits('silent-and-charged', async (line) => line.pause(foreverMs), { ...never, charges: 'input' }),
  waits(
    'stalls-within-the-head',
    async (line) => {
      await line.write('HTTP/1.1 200 OK\r\ncontent-type: appl')
      await line.pause(foreverMs)
    },
    { ...never, charges: 'nothing' },
  ),
  waits(
    'head-without-body',
    async (line, call) => {
      await line.write(
        call.form === 'streamed'
          ? streamHead(call)
          : headText('200 OK', [
              ['content-type', 'application/json'],
              ['content-length', '500'],
            ]),
      )
      await line.pause(foreverMs)
    },
    { ...never, charges: 'input' },
  ),
  waits('slow-stream', async (line, call) => say(line, call, { paceMs: beatMs }), streams),
  waits('stalls-before-content', async (line, call) => stallAfter(line, call, () => 1), { ...streams, ...never }),
  waits('stalls-in-the-middle', async (line, call) => stallAfter(line, call, (length) => Math.ceil(length / 2)), { ...streams, ...never }),
  waits('keeps-the-connection-after-the-end', async (line, call) => stallAfter(line, call, (length) => length), {
    ...streams,
    appliesTo: markedChats,
  }),
  waits(
    'slow-body',
    async (line, call) => {
      const bytes = Buffer.from(wholeText(call))
      await line.write(
        headText('200 OK', [
          ['content-type', 'application/json'],
          ['content-length', String(bytes.length)],
        ]),
      )
      const size = Math.ceil(bytes.length / 10)
      for (let at = 0; at < bytes.length; at += size) {
        await line.pause(beatMs)
        await line.write(bytes.subarray(at, at + size))
      }
      line.complete ||= !line.gone
      call.produced = call.tokens.completion
    },
    { form: 'whole' },
  ),
  waits(
    'stalls-in-the-body',
    async (line, call) => {
      const text = wholeText(call)
      await line.write(
        headText('200 OK', [
          ['content-type', 'application/json'],
          ['content-length', String(Buffer.byteLength(text))],
        ]),
      )
      await line.write(text.slice(0, text.length / 2))
      await line.pause(foreverMs)
    },
    { ...never, form: 'whole', charges: 'input' },
  ),
  waits('endless-stream', async (line, call) => repeat(line, call, { times: 200, paceMs: 1 }), { ...streams, ...never }),
  waits('endless-trickle', async (line, call) => repeat(line, call, { times: 1, paceMs: beatMs }), { ...streams, ...never }),
  waits(
    'endless-comments',
    async (line, call) => {
      await line.write(streamHead(call))
      while (!line.gone) {
        await line.write(toChunk(': still thinking\n\n'))
        await line.pause(beatMs)
      }
    },
    { appliesTo: eventStreaming, form: 'streamed', ...never },
  ),
  waits(
    'endless-line',
    async (line, call) => {
      await line.write(streamHead(call))
      await line.write(toChunk(speechOf(call).streamType === 'text/event-stream' ? 'data: {"x":"' : '{"x":"'))
      while (!line.gone) await line.write(filler)
    },
    { ...streams, ...never },
  ),
  waits(
    'endless-body',
    async (line) => {
      await line.write(
        headText('200 OK', [
          ['content-type', 'application/json'],
          ['transfer-encoding', 'chunked'],
        ]),
      )
      while (!line.gone) await line.write(filler)
    },
    { form: 'whole', ...never },
  ),
  waits(
    'endless-error-body',
    async (line) => {
      await line.write(
        headText('500 Internal Server Error', [
          ['content-type', 'text/plain'],
          ['transfer-encoding', 'chunked'],
        ]),
      )
      while (!line.gone) await line.write(filler)
    },
    { refuses: true, ...never, charges: 'nothing', answer: 'refused' },
  ),
]
