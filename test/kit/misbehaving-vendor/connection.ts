// A vendor that misuses the connection: lengths that lie, broken chunks, replies nobody asked for, connections that die in the pool.
// Promises: after each of them the connection is closed or in good order. Leaves alone: replies cut off in their middle (cuts.ts).

import type { Line } from './line.ts'
import { everyDialect, streaming, type Call, type Misbehaviour } from './misbehaviour.ts'
import { headText, piecesOf, say, sendPieces, streamHead, toChunk, wholeText } from './reply.ts'

type Facts = Partial<Omit<Misbehaviour, 'name' | 'run'>>

function connects(name: string, run: (line: Line, call: Call) => Promise<void>, facts: Facts = {}): Misbehaviour {
  return { name, appliesTo: everyDialect, form: 'both', charges: 'all', usage: 'reported', answer: 'usable', ...facts, run }
}
const unusable = { usage: 'absent', answer: 'unusable' } as const
const whole = { form: 'whole' } as const
const streams = { appliesTo: streaming, form: 'streamed' } as const

/** The reply with a length that is off by so much. */
async function sendMeasured(line: Line, call: Call, off: number): Promise<void> {
  const bytes = Buffer.from(wholeText(call))
  await line.write(
    headText('200 OK', [
      ['content-type', 'application/json'],
      ['content-length', String(bytes.length + off)],
    ]),
  )
  await line.write(bytes)
  call.produced = call.tokens.completion
  line.close()
}

/** Half a stream, then bytes that are no chunk. */
async function spoilChunks(line: Line, call: Call, spoiled: string): Promise<void> {
  const pieces = piecesOf(call)
  await line.write(streamHead(call))
  await sendPieces(line, call, { pieces: pieces.slice(0, Math.ceil(pieces.length / 2)), paceMs: 0 })
  await line.write(spoiled)
  line.close()
}

const secondReply = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 16\r\n\r\n{"tainted":true}}'

export const connectionMisbehaviours: readonly Misbehaviour[] = [
  connects('length-too-long', async (line, call) => sendMeasured(line, call, 50), { ...whole, ...unusable }),
  connects('length-too-short', async (line, call) => sendMeasured(line, call, -9), { ...whole, ...unusable, spoils: true }),
  connects(
    'length-beyond-numbers',
    async (line) => {
      await line.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99999999999999999999\r\n\r\n{}')
      line.close()
    },
    { ...unusable, charges: 'nothing' },
  ),
  connects('chunk-size-is-garbage', async (line, call) => spoilChunks(line, call, 'zz\r\nwhat\r\n'), { ...streams, ...unusable, charges: 'produced' }),
  connects('chunk-size-is-huge', async (line, call) => spoilChunks(line, call, 'ffffffffffffffffff\r\nwhat'), { ...streams, ...unusable, charges: 'produced' }),
  connects('chunk-longer-than-it-says', async (line, call) => spoilChunks(line, call, '2\r\nwhat\r\n'), { ...streams, ...unusable, charges: 'produced' }),
  connects(
    'chunk-extensions',
    async (line, call) => {
      await line.write(streamHead(call))
      for (const { text, tokens } of piecesOf(call)) {
        await line.write(toChunk(text).toString('utf8').replace('\r\n', ';name="value"\r\n'))
        call.produced += tokens
      }
      line.complete = true
      await line.write('0\r\nx-trailer: late\r\n\r\n')
    },
    streams,
  ),
  connects(
    'second-reply-behind-the-first',
    async (line, call) => {
      await say(line, call)
      await line.write(secondReply)
      await line.pause(5)
      line.close()
    },
    { spoils: true, answer: 'unclear' },
  ),
  connects(
    'reply-before-the-request-is-read',
    async (line, call) => {
      await say(line, call)
      await line.pause(20)
      line.close()
    },
    { early: true, spoils: true, answer: 'unclear' },
  ),
  connects(
    'closes-behind-its-reply',
    async (line, call) => {
      await say(line, call)
      line.close()
    },
    { spoils: true, answer: 'unclear' },
  ),
  connects(
    'dies-when-used-again',
    async (line, call) => {
      if (line.served === 0) return say(line, call)
      line.reset()
    },
    { answer: 'unclear', charges: 'produced' },
  ),
]
