// Which family's body an InvokeModel request or reply has, by the members only that family uses.
// Promises: never by a model's name; what fits none is told as such. Leaves alone: what a body says.
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html, as known 2026-11-21.

import { listOf, objectOf, type JsonObject } from '../../contract/json.ts'

/** messages: Anthropic's · converse: Amazon Nova's, near to Converse's · embedding: Titan's and Cohere's. */
export type RequestForm = 'messages' | 'converse' | 'embedding' | 'unknown'

export function formOfRequest(body: JsonObject): RequestForm {
  if (body['anthropic_version'] !== undefined && Array.isArray(body['messages'])) return 'messages'
  if (body['messages'] === undefined && (body['texts'] !== undefined || (body['inputText'] !== undefined && body['textGenerationConfig'] === undefined)))
    return 'embedding'
  // Only there each message is a list of blocks that are named by their one member.
  const blocks = listOf(body['messages']).flatMap((message) => {
    const content = objectOf(message)?.['content']
    return Array.isArray(content) ? listOf(content) : [null]
  })
  const isNova = blocks.length > 0 && blocks.every((block) => objectOf(block) !== undefined && objectOf(block)?.['type'] === undefined)
  return isNova && body['max_tokens'] === undefined ? 'converse' : 'unknown'
}
