// A vendor whose bytes are framed oddly: line ends, comments, fields, sizes, encodings, JSON at the edge of JSON and beyond.
// Promises: `usable` ones are allowed by the formats or read by every client. Leaves alone: HTTP itself (heads.ts, connection.ts).

import { everyDialect, eventStreaming, markedChats, streaming, type Call, type Misbehaviour } from './misbehaviour.ts'
import { say, sendBody, streamHead, toChunk, piecesOf, wholeText, type How } from './reply.ts'
import { piece, type Piece } from './saying.ts'
import { speechOf } from './speech.ts'

type Facts = Partial<Omit<Misbehaviour, 'name' | 'run'>>

function frames(name: string, how: (call: Call) => How, facts: Facts = {}): Misbehaviour {
  return {
    name,
    appliesTo: everyDialect,
    form: 'both',
    charges: 'all',
    usage: 'reported',
    answer: 'usable',
    ...facts,
    run: async (line, call) => say(line, call, how(call)),
  }
}
const events = { appliesTo: eventStreaming, form: 'streamed' } as const
const streams = { appliesTo: streaming, form: 'streamed' } as const
const broken = { answer: 'unusable', charges: 'produced' } as const

const texts = (change: (text: string) => string) => (): How => ({ pieces: (pieces) => pieces.map((one) => ({ ...one, text: change(one.text) })) })
const around =
  (change: (pieces: readonly Piece[], call: Call) => readonly Piece[]) =>
  (call: Call): How => ({ pieces: (pieces) => change(pieces, call) })
const inMiddle = (pieces: readonly Piece[], extra: Piece): readonly Piece[] => [...pieces.slice(0, 2), extra, ...pieces.slice(2)]
/** Behind the opening brace. */
const withMembers = (members: string) => (): How => ({ json: (text) => `{${members},${text.slice(1)}` })
const isMark = (text: string): boolean => /\[DONE\]|"message_stop"|"done":true|"response\.completed"|"finishReason":"/.test(text)

const depth = 20_000
const deep = `${'['.repeat(depth)}${']'.repeat(depth)}`
const twoMiB = 'x'.repeat(2 * 1024 * 1024)
const large = 'x'.repeat(200 * 1024)
const unreadableBytes = Buffer.from([0xff, 0xfe, 0xc3, 0x28, 0xf0, 0x9f])

export const framingMisbehaviours: readonly Misbehaviour[] = [
  frames(
    'crlf-lines',
    texts((text) => text.replaceAll('\n', '\r\n')),
    streams,
  ),
  frames(
    'cr-lines',
    texts((text) => text.replaceAll('\n', '\r')),
    events,
  ),
  frames(
    'byte-order-mark',
    around((pieces) => [piece('\uFEFF'), ...pieces]),
    events,
  ),
  frames(
    'comments-between-events',
    texts((text) => `: still here\n\n${text}: and here\n\n`),
    events,
  ),
  frames(
    'blank-lines-between',
    texts((text) => `\n\n${text}\n\n`),
    streams,
  ),
  frames(
    'unknown-event-types',
    around((pieces) => inMiddle(pieces, piece('event: telemetry\ndata: {"type":"telemetry","object":"telemetry"}\n\n'))),
    events,
  ),
  frames('unknown-fields', withMembers('"x_extra":{"a":[1,{"b":null}]},"x_more":"\\u0000\\ud800"')),
  frames(
    'event-fields-nobody-reads',
    texts((text) => `id: 7\nretry: 1\ndatabase: none\n${text}`),
    events,
  ),
  frames('data-in-several-lines', () => ({ json: (text) => text.replace(',', ',\ndata: ') }), events),
  frames(
    'data-without-space',
    texts((text) => text.replaceAll('data: ', 'data:')),
    events,
  ),
  frames('large-event', () => ({ json: (text, index) => (index > 0 ? text : `{"x_large":"${large}",${text.slice(1)}`) }), { appliesTo: streaming }),
  frames('event-beyond-any-size', (call) => (call.form === 'whole' ? {} : around((pieces) => inMiddle(pieces, hugePiece(call)))(call)), {
    ...streams,
    ...broken,
  }),
  frames('deep-json', withMembers(`"x_deep":${deep}`)),
  frames('prototype-keys', withMembers('"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}')),
  frames('duplicate-keys', withMembers('"model":"first","id":"first","usage":{"prompt_tokens":900000},"done":null')),
  frames(
    'invalid-json-in-the-middle',
    around((pieces, call) => inMiddle(pieces, eventText(call, '{"choices": [oops'))),
    {
      ...streams,
      answer: 'unclear',
      charges: 'all',
    },
  ),
  frames(
    'a-number-for-an-event',
    around((pieces, call) => inMiddle(pieces, eventText(call, '42'))),
    { ...streams, answer: 'unclear', charges: 'all' },
  ),
  frames(
    'end-twice',
    around((pieces) => pieces.flatMap((one) => (isMark(one.text) ? [one, one] : [one]))),
    streams,
  ),
  frames(
    'content-after-the-end',
    around((pieces) => [...pieces, ...pieces.filter((one) => one.tokens > 0).map((one) => piece(one.text))]),
    { ...streams, appliesTo: markedChats },
  ),
  frames(
    'rubbish-after-the-end',
    around((pieces) => [...pieces, piece('\u0000}}{{ what\n\n')]),
    streams,
  ),
  frames(
    'no-end',
    around((pieces) => pieces.filter((one) => !isMark(one.text) && !/"(?:finish_reason":"|stop_reason":")/.test(one.text))),
    {
      ...streams,
      ...broken,
    },
  ),
  frames(
    'no-end-mark',
    around((pieces) => pieces.filter((one) => !one.text.includes('[DONE]'))),
    { appliesTo: ['openai-chat'], form: 'streamed' },
  ),
  frames(
    'last-line-without-its-end',
    around((pieces) => pieces.map((one, index) => (index < pieces.length - 1 ? one : { ...one, text: one.text.trimEnd() }))),
    streams,
  ),
  {
    ...frames('one-byte-per-packet', () => ({}), { ...streams }),
    async run(line, call) {
      await line.write(streamHead(call))
      for (const { text, tokens } of piecesOf(call)) {
        for (const byte of Buffer.from(text)) await line.write(toChunk(Buffer.of(byte)))
        await line.pause(1)
        call.produced += tokens
      }
      line.complete ||= !line.gone
      await line.write('0\r\n\r\n')
    },
  },
  frames(
    'all-in-one-packet',
    around((pieces) => [{ text: pieces.map((one) => one.text).join(''), tokens: pieces.reduce((sum, one) => sum + one.tokens, 0) }]),
    streams,
  ),
  {
    ...frames('bytes-that-are-no-text', () => ({}), { appliesTo: streaming, answer: 'unclear' }),
    async run(line, call) {
      const spoil = (text: string): Buffer => {
        const [left = '', right = ''] = text.split(call.words[0] ?? '', 2)
        return Buffer.concat([Buffer.from(left), unreadableBytes, Buffer.from(right)])
      }
      if (call.form === 'whole') return sendBody(line, spoil(wholeText(call)))
      await line.write(streamHead(call))
      for (const { text, tokens } of piecesOf(call)) {
        await line.write(toChunk(tokens > 0 && call.produced === 0 ? spoil(text) : text))
        call.produced += tokens
      }
      line.complete ||= !line.gone
      await line.write('0\r\n\r\n')
    },
  },
  body('json-cut-short', (text) => text.slice(0, -7)),
  body('json-followed-by-more', (text) => `${text} and that was it`),
  body('json-in-a-list', (text) => `[${text}]`),
  body('a-number-for-a-body', () => '42'),
  body('null-for-a-body', () => 'null'),
  body('text-for-a-body', () => '"here you are"'),
  frames('byte-order-mark-before-json', () => ({ json: (text) => `\uFEFF${text}` }), { form: 'whole' }),
]

/** A whole reply that is no reply; the vendor worked for it all the same. */
function body(name: string, change: (text: string) => string): Misbehaviour {
  return frames(name, () => ({ json: change }), { form: 'whole', answer: 'unclear' })
}

function eventText(call: Call, json: string): Piece {
  return piece(speechOf(call).streamType === 'text/event-stream' ? `data: ${json}\n\n` : `${json}\n`)
}
const hugePiece = (call: Call): Piece => eventText(call, `{"x_huge":"${twoMiB}"}`)
