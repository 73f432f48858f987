// A vendor that tells its usage wrongly, twice, late or not at all; its reply is otherwise sound and charged in full.
// Promises: what it charges is never what it misreports. Leaves alone: how each dialect writes usage (saying.ts).

import { chats, everyDialect, eventChats, markedChats, streaming, type Call, type Dialect, type Misbehaviour } from './misbehaviour.ts'
import { say } from './reply.ts'
import type { Report, Saying } from './saying.ts'
import { honestSaying, trueReport } from './speech.ts'

type Facts = Partial<Pick<Misbehaviour, 'appliesTo' | 'form' | 'usage'>>

const sound = { charges: 'all', answer: 'usable' } as const

/** The same wrong report wherever usage is told. */
function misreports(name: string, report: (call: Call) => Report, facts: Facts = {}): Misbehaviour {
  return {
    name,
    appliesTo: everyDialect,
    form: 'both',
    usage: 'wrong',
    ...sound,
    ...facts,
    run: async (line, call) => say(line, call, { report: report(call), saying: { start: report(call), end: [report(call)] } }),
  }
}

/** True reports in places where a stream does not have them. */
function misplaces(name: string, saying: (call: Call) => Saying, facts: Facts = {}): Misbehaviour {
  return {
    name,
    appliesTo: streaming,
    form: 'streamed',
    usage: 'reported',
    ...sound,
    ...facts,
    run: async (line, call) => say(line, call, { saying: saying(call) }),
  }
}

const all = (value: unknown): Report => ({ prompt: value, cached: value, completion: value, total: value })
const changed = (call: Call, change: (count: number) => unknown): Report => {
  const { prompt, cached, completion } = call.tokens
  return { prompt: change(prompt), cached: change(cached), completion: change(completion), total: change(prompt + completion) }
}
const openaiChat: readonly Dialect[] = ['openai-chat']

export const usageMisbehaviours: readonly Misbehaviour[] = [
  {
    name: 'no-usage',
    appliesTo: everyDialect,
    form: 'both',
    usage: 'absent',
    ...sound,
    run: async (line, call) => say(line, call, { report: null, saying: { start: null, end: [] } }),
  },
  misreports('usage-of-zero', () => all(0)),
  misreports('usage-negative', (call) => changed(call, (count) => -count - 1)),
  misreports('usage-as-text', (call) => changed(call, String)),
  misreports('usage-as-fractions', (call) => changed(call, (count) => count + 0.5)),
  misreports('usage-huge', () => ({ ...all(1e15), cached: 0 })),
  misreports('usage-beyond-numbers', () => ({ ...all(1e300), cached: 0 })),
  misreports('usage-with-nulls', () => all(null)),
  misreports('usage-as-lists', () => all([1])),
  misreports('usage-true', () => all(true)),
  misreports('usage-without-output', (call) => ({ ...trueReport(call), completion: undefined, total: undefined }), { appliesTo: chats, usage: 'partial' }),
  misreports('usage-without-input', (call) => ({ ...trueReport(call), prompt: undefined, cached: undefined, total: undefined }), {
    appliesTo: chats,
    usage: 'partial',
  }),
  misreports('cached-above-prompt', (call) => ({ ...trueReport(call), cached: call.tokens.prompt * 3 }), { appliesTo: openaiChat, usage: 'false' }),
  misreports('total-not-the-sum', (call) => ({ ...trueReport(call), total: call.tokens.prompt + call.tokens.completion + 7 }), {
    appliesTo: openaiChat,
    usage: 'false',
  }),
  misplaces('usage-first-only', (call) => ({ start: trueReport(call), startShown: true, end: [] }), { appliesTo: openaiChat }),
  misplaces('usage-at-the-start-only', (call) => ({ start: trueReport(call), startShown: true, end: [] }), {
    appliesTo: ['anthropic-messages', 'ollama-chat'],
    usage: 'partial',
  }),
  misplaces(
    'usage-twice-growing',
    (call) => ({
      ...honestSaying(call),
      end: [trueReport(call, Math.ceil(call.tokens.completion / 2)), trueReport(call)],
    }),
    { appliesTo: eventChats },
  ),
  misplaces('usage-twice-differing', (call) => ({ ...honestSaying(call), end: [trueReport(call), trueReport(call, 1)] }), { usage: 'false' }),
  misplaces('usage-twice-the-same', (call) => ({ ...honestSaying(call), end: [trueReport(call), trueReport(call)] })),
  misplaces('usage-in-every-piece', (call) => ({ ...honestSaying(call), each: (soFar) => trueReport(call, soFar) })),
  misplaces('usage-after-the-end', (call) => ({ start: null, end: [], late: trueReport(call) }), { appliesTo: markedChats, usage: 'absent' }),
  misplaces('usage-again-after-the-end', (call) => ({ ...honestSaying(call), late: all(999) }), { appliesTo: markedChats }),
  misplaces('usage-counts-down', (call) => ({ ...honestSaying(call), each: (soFar) => trueReport(call, 1000 - soFar) }), { appliesTo: eventChats }),
]
