// Cohere's embeddings on Bedrock, by InvokeModel, as a provider's wire: version 2's body without a model, which stands in the path.
// Promises: one vector of numbers per text, and the count that Bedrock puts beside them where it does. Leaves alone: pictures.
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html, .../model-parameters-embed-v3.html,
// .../model-parameters-embed-v4.html, as known 2026-11-21.

import type { PivotRequest, ReplyEvent } from '../contract/chat.ts'
import type { Wire, WriteTarget, WrittenRequest } from '../contract/wire.ts'
import { readAwsError } from './aws-error.ts'
import { readInvokeCounts } from './bedrock-invoke/counts.ts'
import { readCohereEmbed, writeCohereEmbed } from './cohere-embed.ts'
import { createWholeReader } from './whole-reply.ts'

export const bedrockCohereEmbed: Wire = {
  id: 'bedrock-cohere-embed',
  operation: 'embedding',
  streamType: 'text/event-stream',
  // Its bodies say nothing of what was used: that stands in a header.
  outbound: { write, createReader: () => createWholeReader(readWhole), readWhole, readError: readAwsError, silent: true },
}

/** Sizes came with the fourth generation, and so did a cap on what is read of a text. */
const sizes = ['output_dimension', 'max_tokens']

function write(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const { body, dropped } = writeCohereEmbed(pivot, target)
  const { model: _inPath, priority, ...others } = body
  const lost = /embed-(?:english|multilingual)-v3/.test(target.model) ? sizes.filter((name) => others[name] !== undefined) : []
  const kept = Object.fromEntries(Object.entries(others).filter(([name]) => !lost.includes(name)))
  const named = lost.map((name) => (name === 'output_dimension' ? 'dimensions' : name))
  return { body: kept, dropped: [...dropped, ...named, ...(priority === undefined ? [] : ['priority'])] }
}

function readWhole(body: unknown, headers: Readonly<Record<string, string>> = {}): readonly ReplyEvent[] {
  const events = readCohereEmbed(body)
  const usage = readInvokeCounts(headers)
  const counted: readonly ReplyEvent[] = usage === null ? [] : [{ type: 'usage', usage }]
  return events.flatMap((event): readonly ReplyEvent[] => (event.type === 'finish' ? [...counted, event] : [event]))
}
