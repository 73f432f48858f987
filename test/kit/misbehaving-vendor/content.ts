// A vendor whose bytes are well framed and whose content is not what was asked: errors with status 200, other forms, too much, too little.
// Promises: `usable` ones contain an answer that a client can show. Leaves alone: usage (usage.ts), statuses (status.ts).

import { chats, everyDialect, eventStreaming, streaming, type Call, type Misbehaviour } from './misbehaviour.ts'
import { say, sendBody, type How } from './reply.ts'
import { piece, type Piece } from './saying.ts'
import { speechOf } from './speech.ts'

type Facts = Partial<Omit<Misbehaviour, 'name' | 'run'>>

function answers(name: string, how: (call: Call) => How, facts: Facts = {}): Misbehaviour {
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
/** A body of its own with status 200. */
function sends(name: string, body: (call: Call) => { readonly text: string; readonly type?: string }, facts: Facts): Misbehaviour {
  return {
    ...answers(name, () => ({}), facts),
    run: async (line, call) => {
      const { text, type } = body(call)
      await sendBody(line, text, { contentType: type ?? 'application/json' })
    },
  }
}
const free = { charges: 'nothing', usage: 'absent' } as const
const json = (value: unknown): { readonly text: string } => ({ text: JSON.stringify(value) })
const brokenOff = (call: Call, at: (pieces: readonly Piece[]) => number, message = 'the engine stumbled'): How => ({
  pieces: (pieces) => [...pieces.slice(0, at(pieces)), piece(speechOf(call).brokenOff(message))],
})
const refused = (call: Call, message: string): unknown => speechOf(call).refusal({ type: 'server_error', message })
const replace = (from: RegExp, to: string) => (): How => ({ json: (text) => text.replace(from, to) })
const html = '<!doctype html><html><head><title>Sorry</title></head><body><h1>Back soon</h1></body></html>'

export const contentMisbehaviours: readonly Misbehaviour[] = [
  sends('error-with-status-200', (call) => json(refused(call, 'out of order')), { ...free, answer: 'refused' }),
  sends('error-text-with-status-200', () => json({ error: 'out of order' }), { ...free, answer: 'refused' }),
  sends('html-with-status-200', () => ({ text: html, type: 'text/html' }), { ...free, answer: 'refused' }),
  sends('html-called-json', () => ({ text: html }), { ...free, answer: 'refused' }),
  sends('empty-body', () => ({ text: '' }), { ...free, answer: 'refused' }),
  sends('blank-body', () => ({ text: '  \n ' }), { ...free, answer: 'refused' }),
  sends('empty-object', () => ({ text: '{}' }), { ...free, answer: 'unclear' }),
  sends('no-content-type', (call) => ({ text: JSON.stringify(refused(call, 'no type either')), type: '' }), { ...free, answer: 'refused' }),
  answers('error-event-first', (call) => brokenOff(call, () => 0), { appliesTo: streaming, form: 'streamed', ...free, answer: 'refused' }),
  answers('error-event-after-the-start', (call) => brokenOff(call, () => 1), { appliesTo: eventStreaming, form: 'streamed', ...free, answer: 'unusable' }),
  answers('error-event-in-the-middle', (call) => brokenOff(call, (pieces) => Math.ceil(pieces.length / 2)), {
    appliesTo: streaming,
    form: 'streamed',
    charges: 'produced',
    usage: 'absent',
    answer: 'unusable',
  }),
  answers('credential-in-an-error-event', (call) => brokenOff(call, (pieces) => Math.ceil(pieces.length / 2), `bad key ${call.credential ?? ''} used`), {
    appliesTo: streaming,
    form: 'streamed',
    charges: 'produced',
    usage: 'absent',
    answer: 'unusable',
  }),
  sends('credential-in-a-refusal-with-status-200', (call) => json(refused(call, `Bearer ${call.credential ?? ''} is used up`)), { ...free, answer: 'refused' }),
  answers('whole-although-a-stream-was-asked', () => ({}), { appliesTo: streaming, form: 'streamed' }),
  answers('stream-although-whole-was-asked', () => ({}), { appliesTo: streaming, form: 'whole', answer: 'unclear' }),
  answers('stream-called-json', () => ({ contentType: 'application/json' }), { appliesTo: streaming, form: 'streamed', answer: 'unclear' }),
  answers('stream-with-odd-type', () => ({ contentType: 'Text/Event-Stream ;Charset=UTF-8' }), { appliesTo: eventStreaming, form: 'streamed' }),
  answers('another-model-answers', (call) => ({ json: (text) => text.replaceAll(JSON.stringify(call.model), '"somebody-else"') })),
  answers('no-ids', replace(/"id":"[^"]*",/, '')),
  answers('ids-of-other-types', replace(/"id":"[^"]*"/, '"id":{"x":1}')),
  answers('unknown-finish', replace(/"(finish_reason|stop_reason|done_reason|finishReason)":"\w+"/, '"$1":"the_moon_was_full"'), { appliesTo: chats }),
  answers('broken-tool-arguments', () => ({ json: withBrokenTool }), { appliesTo: chats }),
  answers('more-choices-than-asked', () => ({ json: withMoreChoices }), { appliesTo: ['openai-chat'] }),
  answers('no-choices', replace(/"choices":\[.*\](?=[,}])/, '"choices":[]'), { appliesTo: ['openai-chat'], form: 'whole', answer: 'unclear' }),
  answers('content-null', replace(/"content":"[^"]*"/, '"content":null'), { appliesTo: ['openai-chat', 'ollama-chat'], answer: 'unclear' }),
  answers('content-of-other-types', replace(/"content":"[^"]*"/, '"content":{"text":["?"]}'), { appliesTo: ['openai-chat', 'ollama-chat'], answer: 'unclear' }),
  answers('fewer-vectors-than-asked', replace(/"(data|embeddings)":\[.*\](?=[,}])/, '"$1":[]'), {
    appliesTo: ['openai-embeddings', 'ollama-embed'],
    answer: 'unclear',
  }),
  answers('vectors-of-text', replace(/\[0\.25,-0\.5,0\.125\]/, '["a",null,{}]'), { appliesTo: ['openai-embeddings', 'ollama-embed'], answer: 'unclear' }),
  longer(),
].map(inOtherForm)

/** These answer in the form that was not asked. */
function inOtherForm(one: Misbehaviour): Misbehaviour {
  if (one.name !== 'whole-although-a-stream-was-asked' && one.name !== 'stream-although-whole-was-asked') return one
  return {
    ...one,
    run: async (line, call) => {
      const other: Call = { ...call, form: call.form === 'whole' ? 'streamed' : 'whole', asksUsage: true }
      await say(line, other)
      call.produced = other.produced
    },
  }
}

/** Ten times the cap: it says so in its usage, and charges for it. */
function longer(): Misbehaviour {
  return answers(
    'longer-than-the-cap',
    (call) => {
      const { tokens } = call
      const completion = tokens.completion * 10
      Object.assign(call, { tokens: { ...tokens, completion }, words: Array.from({ length: completion }, () => 'more ') })
      return {}
    },
    { appliesTo: chats, usage: 'reported' },
  )
}

const brokenCall = { index: 0, id: 'call_1', type: 'function', function: { name: 'look', arguments: '{"city": "Par' } }
function withBrokenTool(text: string): string {
  return text
    .replace(/"(message|delta)":\{"role":"assistant","content":"[^"]*"/, `$&,"tool_calls":${JSON.stringify([brokenCall])}`)
    .replace(/"content":\[\{"type":"text"/, '"content":[{"type":"tool_use","id":"toolu_1","name":"look","input":"{oops"},{"type":"text"')
}

function withMoreChoices(text: string): string {
  return text.replace(/"choices":\[(\{.*\})\](?=[,}])/, (_whole, choice: string) => `"choices":[${choice},${choice.replace('"index":0', '"index":1')}]`)
}
