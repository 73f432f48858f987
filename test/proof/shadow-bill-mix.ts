// The mix of calls for the shadow bill: what is asked, of which vendor, what goes wrong on the way, and what the vendor makes of it.
// Promises: all of it from the seed and the call's number; at least one call in twenty each without usage, aborted, retried and fallen back.
// Leaves alone: sending (callers.ts), comparing (shadow-bill.ts).

import type { Leavers } from '../kit/misbehaving-vendor/bill.ts'
import type { Call, Thinks } from '../kit/misbehaving-vendor/misbehaviour.ts'
import { createChance, type Chance } from '../kit/random.ts'
import type { CallOrder } from './callers.ts'
import type { Texts } from './shadow-bill-texts.ts'

export const prices = {
  input_cost_per_token: '0.000001234567',
  cache_read_input_token_cost: '0.000000456789',
  output_cost_per_token: '0.000009876543',
} as const
/** The same as the vendor has them, in pico-dollars. */
export const rate = { input: 1_234_567n, cached: 456_789n, output: 9_876_543n }

export function configFor(origin: string): string {
  const price = Object.entries(prices)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')
  const entry = (name: string, model: string, base = origin): string => `
  - model_name: ${name}
    litellm_params: { model: ${model}, api_base: "${base}", api_key: os.environ/VENDOR_KEY,${model.startsWith('openai/') ? ' aborted_calls: whole,' : ''} ${price} }`
  const twice = (name: string, model: string, base = origin): string => entry(name, model, base) + entry(name, `${model}-2`, base)
  return `model_list:${[
    twice('openai', 'openai/vendor-chat', `${origin}/v1`),
    twice('anthropic', 'anthropic/vendor-claude'),
    twice('ollama', 'ollama_chat/vendor-engine'),
    entry('vectors', 'openai/vendor-embedding', `${origin}/v1`),
    entry('engine-vectors', 'ollama/vendor-vectors'),
    entry('openai-or-second', 'openai/vendor-falls', `${origin}/v1`),
    entry('anthropic-or-second', 'anthropic/vendor-falls'),
    entry('second', 'openai/vendor-second', `${origin}/v1`),
  ].join('')}
router_settings: { num_retries: 1, fallbacks: [{ openai-or-second: [second] }, { anthropic-or-second: [second] }] }
`
}

export type Trouble = 'none' | 'silent' | 'aborted' | 'retried' | 'fallen back' | 'broken'
interface Kind {
  readonly weight: number
  readonly trouble: Trouble
  readonly model: string
  readonly form: CallOrder['form']
  /** What the vendor is told to do. */
  readonly asks?: string
  readonly leaves?: 'in the middle' | 'early'
}
const kind = (weight: number, trouble: Trouble, what: Pick<Kind, 'model' | 'form' | 'asks' | 'leaves'>): Kind => ({ weight, trouble, ...what })

const kinds: readonly [Kind, ...Kind[]] = [
  kind(14, 'none', { model: 'openai', form: 'streamed' }),
  kind(10, 'none', { model: 'openai', form: 'whole' }),
  kind(12, 'none', { model: 'anthropic', form: 'streamed' }),
  kind(8, 'none', { model: 'anthropic', form: 'whole' }),
  kind(7, 'none', { model: 'ollama', form: 'streamed' }),
  kind(5, 'none', { model: 'ollama', form: 'whole' }),
  kind(6, 'none', { model: 'vectors', form: 'embedding' }),
  kind(4, 'none', { model: 'engine-vectors', form: 'embedding' }),
  kind(2, 'silent', { model: 'openai', form: 'streamed', asks: 'no-usage' }),
  kind(2, 'silent', { model: 'openai', form: 'whole', asks: 'no-usage' }),
  kind(1, 'silent', { model: 'anthropic', form: 'streamed', asks: 'no-usage' }),
  kind(1, 'silent', { model: 'anthropic', form: 'whole', asks: 'no-usage' }),
  kind(1, 'silent', { model: 'ollama', form: 'streamed', asks: 'no-usage' }),
  kind(1, 'silent', { model: 'vectors', form: 'embedding', asks: 'no-usage' }),
  kind(2, 'aborted', { model: 'openai', form: 'streamed', asks: 'slow-stream', leaves: 'in the middle' }),
  kind(1, 'aborted', { model: 'openai', form: 'whole', asks: 'slow-body', leaves: 'early' }),
  kind(2, 'aborted', { model: 'anthropic', form: 'streamed', asks: 'slow-stream', leaves: 'in the middle' }),
  kind(1, 'aborted', { model: 'anthropic', form: 'whole', asks: 'slow-body', leaves: 'early' }),
  kind(1, 'aborted', { model: 'ollama', form: 'streamed', asks: 'slow-stream', leaves: 'in the middle' }),
  kind(3, 'retried', { model: 'openai', form: 'streamed', asks: 'fails-first' }),
  kind(2, 'retried', { model: 'anthropic', form: 'whole', asks: 'fails-first' }),
  kind(2, 'retried', { model: 'ollama', form: 'streamed', asks: 'fails-first' }),
  kind(3, 'fallen back', { model: 'openai-or-second', form: 'streamed', asks: 'refuses-first' }),
  kind(3, 'fallen back', { model: 'anthropic-or-second', form: 'whole', asks: 'refuses-first' }),
  kind(1, 'broken', { model: 'openai', form: 'streamed', asks: 'closes-between-events' }),
  kind(1, 'broken', { model: 'anthropic', form: 'streamed', asks: 'closes-between-events' }),
  kind(1, 'broken', { model: 'openai', form: 'whole', asks: 'status-500' }),
]
const weightOfAll = kinds.reduce((sum, { weight }) => sum + weight, 0)

export interface Planned {
  readonly order: Omit<CallOrder, 'key'>
  readonly trouble: Trouble
}
export interface Mix {
  plan(index: number): Planned
  readonly thinks: Thinks
  readonly leaversPay: (call: Call) => Leavers
}

/** Told tokens of a user's message: its marks and its role, and those that open the answer (OpenAI's cookbook on counting tokens, as known 2026-11-21). */
const templateTokens = 7

interface Mind {
  readonly prompt: number
  readonly cached: number
  readonly words: readonly string[]
}

export function createMix(seed: number, texts: Texts): Mix {
  const minds = new Map<string, Mind>()
  return {
    plan(index) {
      const chance = createChance(index, seed)
      const chosen = pickKind(chance)
      const marker = `n${index}`
      const paragraphs = Array.from({ length: chance.between(1, 5) }, () => chance.pick(texts.paragraphs))
      const asks = chosen.asks === undefined ? '\n' : `[[${chosen.asks}]]\n`
      const text = `${asks}${paragraphs.map((one) => one.text).join('')}`
      const embeds = chosen.form === 'embedding'
      // The caller puts the marker before the text; an embedding has a second input.
      const prompt =
        texts.count(`[[call:${marker}]] ${asks}`) +
        paragraphs.reduce((sum, one) => sum + one.tokens.length, 0) +
        (embeds ? texts.count('and this') : templateTokens)
      // What a vendor does not tell nobody can know: one that is silent about its cache gives no discount for it.
      const caches = !embeds && !chosen.model.startsWith('ollama') && ['none', 'retried', 'fallen back'].includes(chosen.trouble) && chance.between(1, 3) === 1
      const outputTokensMax = chance.between(8, 120)
      minds.set(marker, { prompt, cached: caches ? chance.between(1, prompt) : 0, words: embeds ? [] : wordsFor(chance, texts, chosen) })
      const leaves =
        chosen.leaves === 'in the middle'
          ? { leaveAfterPieces: chance.between(1, 6) }
          : chosen.leaves === 'early'
            ? { leaveAfterMs: chance.between(30, 120) }
            : {}
      return { trouble: chosen.trouble, order: { model: chosen.model, form: chosen.form, marker, text, outputTokensMax, ...leaves } }
    },
    thinks({ marker, cap }) {
      const mind = minds.get(marker)
      return mind === undefined ? null : { ...mind, words: mind.words.slice(0, cap) }
    },
    // As the configuration declares it: one server bills the whole call, Anthropic's streams what they wrote.
    leaversPay: ({ dialect, form }) => (dialect === 'openai-chat' || form === 'whole' ? 'all' : 'produced'),
  }
}

function pickKind(chance: Chance): Kind {
  let mark = chance.between(0, weightOfAll - 1)
  return kinds.find(({ weight }) => (mark -= weight) < 0) ?? kinds[0]
}

/** Long enough for a caller to leave in the middle, no longer than the wait for its end is worth. */
function wordsFor(chance: Chance, texts: Texts, { leaves }: Kind): readonly string[] {
  const wanted = leaves === undefined ? chance.between(4, 140) : chance.between(20, 40)
  const words: string[] = []
  while (words.length < wanted) words.push(...chance.pick(texts.paragraphs).tokens)
  return words.slice(0, wanted)
}
