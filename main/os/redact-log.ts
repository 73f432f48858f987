// Log lines fit to leave this computer: fields that hold what people wrote go by their names, everything else through the redaction of text.
// Promises: one line in, one line out, bounded; text, a line or a member of one, loses what follows such a name; whoever changed something, and whose it
// is, goes. Leaves alone: which lines are read.

import { isJsonObject, type Json, type JsonObject } from '../../gateway/contract/json.ts'
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
/** Also in JSON within JSON, and over every line that follows. */
const contentInText = new RegExp(
  `(?<![\\w-])\\\\{0,8}["']?(${contentFields.filter((name) => name !== 'text' && name !== 'query').join('|')})\\\\{0,8}["']?\\s*[:=].*`,
  'gis',
)
const depthMax = 8

export function redactLogLine(line: string, known: KnownFacts): string {
  const cut = line.slice(0, shellLimits.logLineLengthMax)
  const parsed = parseLine(line)
  if (parsed !== null) return redact(JSON.stringify(withoutContent(withoutNames(parsed), 0)).slice(0, shellLimits.logLineLengthMax), known)
  return redact(hideContent(cut), known)
}

const hideContent = (text: string): string => text.replace(contentInText, '$1: [content]')

/** What an administrator changed (logChange in gateway/admin/define-route.ts) has names that people gave. A budget's subject is its kind, then whose. */
function withoutNames(line: JsonObject): JsonObject {
  const { action, subject } = line
  if (line['event'] !== 'admin-change' || typeof action !== 'string' || typeof subject !== 'string') return line
  const kept = action.startsWith('budget-') ? (subject.split(' ')[0] ?? '') : /^(?:credential|team)-/.test(action) ? '[name]' : subject
  return { ...line, subject: kept }
}

function parseLine(line: string): JsonObject | null {
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
  if (typeof value === 'string') return hideContent(value)
  if (Array.isArray(value)) return value.map((one: Json) => withoutContent(one, depth + 1))
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, ofField(name, member ?? null, depth)]))
}

function ofField(name: string, member: Json, depth: number): Json {
  if (contents.has(name.toLowerCase())) return '[content]'
  if (name.toLowerCase() === 'changedby') return member === null ? null : '[user]'
  // Numbers and flags under such a name are counts: `promptTokens`, `needsKey`.
  if (secretField.test(name) && (typeof member === 'string' || typeof member === 'object')) return '[secret]'
  return withoutContent(member, depth + 1)
}
