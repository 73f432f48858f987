// A vendor that counts, a gateway that lends its credentials to the vendor's own paths, and a key: where journeys by such paths begin.
// Promises: a call is booked when its row says what the vendor's book says. Leaves alone: what the vendor answers, and which client asks.

import { expect } from 'vitest'
import { startCountingVendor, type Call, type CountedReply, type CountingVendor } from './counting-vendor.ts'
import { startHouse, type House } from './house.ts'

export interface PassThroughScene {
  readonly vendor: CountingVendor
  readonly house: House
  readonly key: string
  /** The newest row is the vendor's last call, read by that wire and priced. */
  expectBooked(wire: string, model: string): Promise<void>
  stop(): Promise<void>
}
export interface PassThroughOrder {
  readonly answer: (call: Call) => CountedReply | null
  /** By name, the parameters of each deployment that lends, as a line of YAML. */
  readonly lenders: (origin: string) => Readonly<Record<string, string>>
  /** What they refer to; OUR_KEY unless told otherwise. */
  readonly env?: Readonly<Record<string, string>>
  /** What the key is kept to. */
  readonly limits?: Readonly<Record<string, unknown>>
}

export const vendorKey = 'the-key-of-the-vendor'

export async function startPassThrough({ answer, lenders, env = { OUR_KEY: vendorKey }, limits = {} }: PassThroughOrder): Promise<PassThroughScene> {
  const vendor = await startCountingVendor(answer)
  const rows = Object.entries(lenders(vendor.origin)).map(
    ([name, params]) => `  - { model_name: "${name}", litellm_params: { ${params}, use_in_pass_through: true } }`,
  )
  const house = await startHouse({ config: ['model_list:', ...rows].join('\n'), env })
  const { key } = await house.key(limits)
  return {
    vendor,
    house,
    key,
    async expectBooked(wire, model) {
      const { input, output } = vendor.last()
      const row = await house.lastRow()
      const facts = { operation: 'pass-through', wire, model, provenance: 'reported', promptTokens: input, completionTokens: output, unpriced: false }
      expect(row).toMatchObject(facts)
      expect(Number(row.costUsd)).toBeGreaterThan(0)
    },
    async stop() {
      await house.stop()
      await vendor.close()
    },
  }
}

interface NamedEvent {
  readonly type: string
  readonly [field: string]: unknown
}
/** A reply of Claude's in its events, in whatever they travel. `ending` comes with the last. */
export function claudeEvents({ input, output }: Call, ending: Readonly<Record<string, unknown>> = {}): readonly NamedEvent[] {
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [], usage: { input_tokens: input, output_tokens: 1 } }
  return [
    { type: 'message_start', message },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi.' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: output } },
    { type: 'message_stop', ...ending },
  ]
}

/** Events as Anthropic, and Cohere like it, send them. */
export const namedEvents = (events: readonly NamedEvent[]): CountedReply => ({
  type: 'text/event-stream',
  pieces: events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
})
