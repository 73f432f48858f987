// Log lines fit to leave this computer: fields that hold what people wrote go by their names, everything else through the redaction of text.
// Promises: one line in, one line out, bounded; a line that is no JSON loses what follows such a name. Leaves alone: which lines are read.

import { isJsonObject, type Json } from '../../gateway/contract/json.ts'
import { shellLimits } from './limits.ts'
import { redact, type KnownFacts } from './redact.ts'

/** Of requests and replies, in any dialect. */
const contentFields = [
  'prompt',
  'prompts',
  'messages',
  'content',
  'contents',
  'input',
  'inputs',
  'instructions',
  'system',
  'text',
  'completion',
  'choices',
  'output',
  'outputs',
  'body',
  'documents',
  'query',
  'arguments',
  'reply',
  'metadata',
]
const secretField = /(?:key|token|secret|passw|passphrase|credential|authorization|cookie|session|signature)/i
const contents = new Set(contentFields)
const contentInText = new RegExp(`(?<![\\w-])["']?(${contentFields.filter((name) => name !== 'text' && name !== 'query').join('|')})["']?\\s*[:=].*`, 'gi')
const depthMax = 8

export function redactLogLine(line: string, known: KnownFacts): string {
  const cut = line.slice(0, shellLimits.logLineLengthMax)
  const parsed = parseLine(line)
  if (parsed !== null) return redact(JSON.stringify(withoutContent(parsed, 0)).slice(0, shellLimits.logLineLengthMax), known)
  return redact(cut.replace(contentInText, '$1: [content]'), known)
}

function parseLine(line: string): Json | null {
  if (!line.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(line)
    return isJsonObject(value) ? value : null
  } catch {
    // Half a line at the start of the tail, or something a library printed.
    return null
  }
}

function withoutContent(value: Json, depth: number): Json {
  if (depth > depthMax) return '[deep]'
  if (Array.isArray(value)) return value.map((one: Json) => withoutContent(one, depth + 1))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, ofField(name, member ?? null, depth)]))
}

function ofField(name: string, member: Json, depth: number): Json {
  if (contents.has(name.toLowerCase())) return '[content]'
  // Numbers and flags under such a name are counts: `promptTokens`, `needsKey`.
  if (secretField.test(name) && (typeof member === 'string' || typeof member === 'object')) return '[secret]'
  return withoutContent(member, depth + 1)
}
