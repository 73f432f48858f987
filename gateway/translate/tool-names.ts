// Names of tools, where a vendor takes fewer than callers give: Claude Code's of MCP servers are longer than OpenAI's 64 characters, Gemini's may hold dots.
// Promises: one name has one form, in definitions, choices and history; the caller gets its own back (`WrittenRequest.toolNames`); what fits stays.
// Leaves alone: whether a tool exists; same-dialect calls.

import type { ChatRequest, PivotRequest } from '../contract/chat.ts'
import type { Wire } from '../contract/wire.ts'
import { digest } from './call-id.ts'

export interface NameRule {
  readonly allowed: RegExp
  /** What may not stand in a name. */
  readonly forbidden: RegExp
  readonly lengthMax: number
}

// As documented on 2026-11-21: platform.openai.com/docs/api-reference/chat/create (`function.name`), platform.claude.com/docs/en/api/messages (`tools[].name`),
// docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html, ai.google.dev/api/caching#FunctionDeclaration, docs.cohere.com/reference/chat.
const plain = { allowed: /^[a-zA-Z0-9_-]+$/, forbidden: /[^a-zA-Z0-9_-]/g }
export const openaiNames: NameRule = { ...plain, lengthMax: 64 }
export const anthropicNames: NameRule = { ...plain, lengthMax: 128 }
export const bedrockNames: NameRule = { ...plain, lengthMax: 64 }
export const geminiNames: NameRule = { allowed: /^[a-zA-Z_][a-zA-Z0-9_.:-]*$/, forbidden: /[^a-zA-Z0-9_.:-]/g, lengthMax: 64 }
export const cohereNames: NameRule = { allowed: /^[a-zA-Z_][a-zA-Z0-9_]*$/, forbidden: /[^a-zA-Z0-9_]/g, lengthMax: 64 }

type Write = NonNullable<Wire['outbound']['write']>

/** Writes with names the vendor takes. */
export function withToolNames(rule: NameRule, write: Write): Write {
  return (pivot, target) => {
    const renamed = new Map(namesIn(pivot).flatMap((name) => (fits(name, rule) ? [] : [[name, toFitting(name, rule)] as const])))
    if (renamed.size === 0 || !isChat(pivot)) return write(pivot, target)
    return { ...write(rename(pivot, renamed), target), toolNames: new Map([...renamed].map(([own, written]) => [written, own])) }
  }
}

const isChat = (pivot: PivotRequest): pivot is ChatRequest => pivot.operation === 'chat' || pivot.operation === 'completion'

function namesIn(pivot: PivotRequest): readonly string[] {
  if (!isChat(pivot)) return []
  const called = pivot.messages.flatMap((message) => (message.role === 'assistant' ? message.toolCalls.map((call) => call.name) : []))
  return [...new Set([...pivot.tools.map((tool) => tool.name), ...called])]
}

const fits = (name: string, { allowed, lengthMax }: NameRule): boolean => name.length <= lengthMax && allowed.test(name)

/** The beginning stays readable for the model; the end keeps it unique. */
function toFitting(name: string, { allowed, forbidden, lengthMax }: NameRule): string {
  const clean = name.replace(forbidden, '_')
  const begun = allowed.test(clean) ? clean : `_${clean}`
  const mark = `_${digest(name)}`
  return `${begun.slice(0, lengthMax - mark.length)}${mark}`
}

function rename(request: ChatRequest, renamed: ReadonlyMap<string, string>): ChatRequest {
  const named = <Holder extends { readonly name: string }>(holder: Holder): Holder => {
    const name = renamed.get(holder.name)
    return name === undefined ? holder : { ...holder, name }
  }
  const { toolChoice } = request
  return {
    ...request,
    tools: request.tools.map(named),
    messages: request.messages.map((message) => (message.role === 'assistant' ? { ...message, toolCalls: message.toolCalls.map(named) } : message)),
    ...(toolChoice?.kind === 'tool' ? { toolChoice: named(toolChoice) } : {}),
  }
}
