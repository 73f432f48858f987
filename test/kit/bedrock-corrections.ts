// Where @copilotkit/aimock 1.43 strays from Amazon Bedrock's formats, put right on its way to the gateway.
// Promises: only what AWS documents and the mock leaves out or misspells; texts, calls and their pieces stay the mock's own.
// Leaves alone: who is let in (bedrock-door.ts).
// Sources: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStreamOutput.html, …/API_runtime_TokenUsage.html,
// …/API_runtime_PayloadPart.html, …/CommonErrors.html, all as known 2026-11-21.

import type { StreamEvent } from './event-stream.ts'
import { changeJson, fields, likeAnthropic, measure, type Fields } from './mock-corrections.ts'
import { signature } from './mock-words.ts'
import type { Correction, EventCorrection, Page } from './upstream-book.ts'

/** Something of random length that hides how long the rest is. */
const padding = { p: 'abcdefghij' }

/** A whole reply of Converse, or a refusal: the mock signs no reasoning and counts no cache. */
export const likeConverse: Correction = (line, page) =>
  changeJson(line, (value) => {
    const output = fields(value['output'])
    if (value['output'] === undefined) return refused(value)
    const message = fields(output['message'])
    const content = (message['content'] as readonly Fields[]).map((block) => {
      const { reasoningText } = fields(block['reasoningContent'])
      return reasoningText === undefined ? block : { reasoningContent: { reasoningText: { ...fields(reasoningText), signature } } }
    })
    return { ...value, output: { message: { ...message, content } }, usage: counted(fields(value['usage']), page) }
  })

/** Only a tool has an event for the start of its block, and reasoning ends with its signature. */
export const likeConverseStream: EventCorrection = (page) => {
  const reasoning = new Set<unknown>()
  const padded = (type: string, payload: Fields): StreamEvent => ({ type, payload: { ...payload, ...padding } })
  return ({ type, payload }) => {
    const { contentBlockIndex } = payload
    if (type === 'contentBlockStart' && fields(payload['start'])['toolUse'] === undefined) return []
    if (fields(payload['delta'])['reasoningContent'] !== undefined) reasoning.add(contentBlockIndex)
    if (type === 'contentBlockStop' && reasoning.has(contentBlockIndex)) {
      const signed = { contentBlockIndex, delta: { reasoningContent: { signature } } }
      return [padded('contentBlockDelta', signed), padded(type, payload)]
    }
    return [padded(type, type === 'metadata' ? { ...payload, usage: counted(fields(payload['usage']), page) } : payload)]
  }
}

/** What was read from a cache and written to it stands beside `inputTokens`, and all of them in the total. */
function counted({ inputTokens, outputTokens }: Fields, page: Page): Fields {
  const [read, written, hourly] = [measure(page, 5), measure(page, 7), 30]
  return {
    inputTokens,
    outputTokens,
    totalTokens: Number(inputTokens) + Number(outputTokens) + read + written + hourly,
    cacheReadInputTokens: read,
    cacheWriteInputTokens: written + hourly,
    cacheDetails: [
      { ttl: '5m', inputTokens: written },
      { ttl: '1h', inputTokens: hourly },
    ],
  }
}

/** A whole message of InvokeModel, or a refusal: the signature is empty there. */
export const likeInvoke: Correction = (line, page) =>
  changeJson(likeAnthropic(line, page), (value) => {
    if (value['type'] !== 'message') return refused(value)
    const content = (value['content'] as readonly Fields[]).map((block) => (block['type'] === 'thinking' ? { ...block, signature } : block))
    return { ...value, content }
  })

/** The events of a Claude, each wrapped, which the mock leaves out. */
export const likeInvokeStream: EventCorrection = (page) => {
  const withCount = createLastCount()
  return ({ payload }) => {
    const event = withCount(payload)
    const cached = JSON.parse(likeAnthropic(JSON.stringify(event), page)) as Fields
    const delta = fields(cached['delta'])
    return [wrapChunk(delta['type'] === 'signature_delta' ? { ...cached, delta: { ...delta, signature } } : cached)]
  }
}

/** The mock's last count is always 0; what it ought to be stands in its first event. */
export function createLastCount(): (event: Fields) => Fields {
  let output: unknown
  return (event) => {
    output = fields(fields(event['message'])['usage'])['output_tokens'] ?? output
    return event['type'] === 'message_delta' ? { ...event, usage: { output_tokens: output } } : event
  }
}

/** An event of a Claude as InvokeModel sends it: in base64, within one of its own. */
export const wrapChunk = (event: Fields): StreamEvent => ({
  type: 'chunk',
  payload: { bytes: Buffer.from(JSON.stringify(event)).toString('base64'), ...padding },
})

/** The mock refuses in Anthropic's words. */
function refused(value: Fields): Fields {
  const { message } = fields(value['error'])
  return message === undefined ? value : { message }
}
