// What bounds the cost of a Converse request before any model sees it.
// Promises: whatever could cost more than its bytes show is counted or named; never throws, whatever the body holds.
// Leaves alone: prices; whether the vendor will accept the request.
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html, https://aws.amazon.com/bedrock/pricing, as known 2026-11-21.

import { listOf, objectOf, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { RequestBound } from '../../contract/wire.ts'
import { boundOutput } from '../openai-chat/bound.ts'
import type { Tally } from '../tally.ts'

export function boundConverse(body: JsonObject): RequestBound {
  const tally: Tally = { mediaBytes: 0, images: 0, files: 0, unbounded: [] }
  countContent(body['system'], 'system', tally)
  listOf(body['messages']).forEach((message, index) => countContent(objectOf(message)?.['content'], `messages[${index}].content`, tally))
  listOf(objectOf(body['toolConfig'])?.['tools']).forEach((tool, index) => nameTool(objectOf(tool) ?? {}, `toolConfig.tools[${index}]`, tally))
  nameFields(body, tally)
  return { ...tally, outputTokensMax: boundOutput(objectOf(body['inferenceConfig']) ?? {}, ['maxTokens']), choices: 1 }
}

const isGiven = (value: Json | undefined): boolean => value !== undefined && value !== null

// Guardrails are billed apart; what stands for a prompt's variables, or in a prompt that AWS keeps, the request does not show.
const openEnded = ['guardrailConfig', 'promptVariables']
/** Only these are priced at or below the standard rate. */
const standard: readonly { readonly member: string; readonly field: string; readonly values: readonly string[] }[] = [
  { member: 'performanceConfig', field: 'latency', values: ['standard'] },
  { member: 'serviceTier', field: 'type', values: ['default', 'flex'] },
]
/** A model's own parameters of which none lifts a cap or calls anything. */
const harmless = new Set(['top_k', 'topK', 'inferenceConfig', 'thinking', 'reasoning_config', 'reasoning_effort', 'anthropic_beta', 'output_config'])

function nameFields(body: JsonObject, { unbounded }: Tally): void {
  for (const name of openEnded) if (isGiven(body[name])) unbounded.push(name)
  for (const { member, field, values } of standard) {
    const value = objectOf(body[member])?.[field]
    if (isGiven(value) && !values.some((known) => known === value)) unbounded.push(`${member}.${field} (${textOf(value) ?? 'not a text'})`)
  }
  const own = objectOf(body['additionalModelRequestFields']) ?? {}
  for (const [name, value] of Object.entries(own)) if (!harmless.has(name) && isGiven(value)) unbounded.push(`additionalModelRequestFields.${name}`)
  const inside = Object.keys(objectOf(own['inferenceConfig']) ?? {}).filter((name) => name !== 'topK')
  for (const name of inside) unbounded.push(`additionalModelRequestFields.inferenceConfig.${name}`)
}

/** Tools of the vendor's run there. */
function nameTool(tool: JsonObject, at: string, { unbounded }: Tally): void {
  for (const name of Object.keys(tool)) if (name !== 'toolSpec' && name !== 'cachePoint') unbounded.push(`${at}.${name}`)
}

const plain = new Set(['text', 'json', 'toolUse', 'reasoningContent', 'cachePoint', 'searchResult', 'guardContent'])

function countContent(content: unknown, at: string, tally: Tally): void {
  listOf(content).forEach((value, index) => {
    for (const [name, part] of Object.entries(objectOf(value) ?? {})) countPart(name, part, { at: `${at}[${index}].${name}`, tally })
  })
}

function countPart(name: string, part: Json | undefined, { at, tally }: { readonly at: string; readonly tally: Tally }): void {
  if (plain.has(name) || !isGiven(part)) return
  const fields = objectOf(part) ?? {}
  if (name === 'toolResult') return countContent(fields['content'], `${at}.content`, tally)
  const bytes = textOf(objectOf(fields['source'])?.['bytes'])
  if ((name !== 'image' && name !== 'document') || bytes === undefined) return void tally.unbounded.push(at)
  tally.mediaBytes += bytes.length
  if (name === 'image') tally.images += 1
  else tally.files += 1
}
