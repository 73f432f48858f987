// A translated stream of a format without a closing event: what a vendor does with its connection after the last word is none of the caller's business.
// Promises: the real corridor, cut and hung. Leaves alone: streams that pass (test/journeys/media-bytes.test.ts), the bytes of an ending (translate/).

import { afterEach, expect, it } from 'vitest'
import { gemini } from '../../../gateway/providers/gemini.ts'
import { createCorridor, type Corridor } from '../../kit/corridor.ts'
import { replying, type Script } from '../../kit/scripted-vendor.ts'

const response = (text: string, more: object = {}): string =>
  `data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts: [{ text }] }, index: 0, ...more }], usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 2 } })}\n\n`
const body = { model: 'm', stream: true, max_tokens: 50, messages: [{ role: 'user', content: 'say the numbers' }] }
const contentType = 'text/event-stream'

/** Says all of it and lets nobody go. */
const hanging = (bytes: Uint8Array): Script => {
  return async (request, line) => {
    const whole = await replying({ bytes, contentType })(request, line)
    const { promise, resolve } = Promise.withResolvers<undefined>()
    async function* pieces(): AsyncGenerator<Uint8Array> {
      yield* whole.body
      await promise
      throw new Error('aborted')
    }
    return { ...whole, body: pieces(), abort: () => resolve(undefined) }
  }
}

let corridor: Corridor | null = null
afterEach(() => {
  corridor?.close()
  corridor = null
})

const ended = Buffer.from(response('one ') + response('two', { finishReason: 'STOP' }))
it.each([
  ['is reset', replying({ bytes: ended, contentType, first: ended.length, ends: 'broken-by-vendor' })],
  ['never ends', hanging(ended)],
])('a reply that has given its reason is whole, although its connection %s', async (_how, script) => {
  corridor = createCorridor({ provider: { ...gemini, needsKey: false } })
  const startedMs = performance.now()
  const { id, heard } = await corridor.visit(body, script)
  expect(performance.now() - startedMs).toBeLessThan(5000)
  expect(heard).toContain('"content":"two"')
  expect(heard).toContain('"finish_reason":"stop"')
  expect(heard.trimEnd()).toMatch(/data: \[DONE\]$/)
  expect(heard).not.toContain('"error"')
  expect(corridor.booked(id)).toMatchObject({ state: 'closed', end: 'answered', provenance: 'reported' })
})

it('one of a server that gives a reason with every response is not: nobody knows whether more would have come', async () => {
  corridor = createCorridor({ provider: { ...gemini, needsKey: false } })
  const bytes = Buffer.from(response('one ', { finishReason: 'STOP' }) + response('two', { finishReason: 'STOP' }))
  const { heard } = await corridor.visit(body, replying({ bytes, contentType, first: bytes.length, ends: 'broken-by-vendor' }))
  expect(heard).toContain('"content":"two"')
  expect(heard).toContain('"error"')
})
