// A generateContent body to the pivot: parameters and tools.
// Promises: fields are read in either spelling and refused by their own name; what no word of the pivot carries is named as lost.
// Leaves alone: contents (read-contents.ts), same-dialect traffic (that passes untouched).

import type { ChatRequest, ResponseFormat, ToolChoice, ToolDefinition } from '../../contract/chat.ts'
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts'
import { invalid, optionalCount, optionalList, optionalNumber, optionalObject, optionalText, optionalTexts, present, requiredText } from '../fields.ts'
import { memberOf, unnamed } from './members.ts'
import { readContents, readSystem } from './read-contents.ts'
import { toJsonSchema } from './read-schema.ts'

const taken = ['contents', 'systemInstruction', 'tools', 'toolConfig', 'generationConfig', 'model', 'labels']
const takenOfConfig = [
  'maxOutputTokens',
  'candidateCount',
  'temperature',
  'topP',
  'topK',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'responseModalities',
  'thinkingConfig',
]

/** @throws GatewayError invalid_request naming the field */
export function readGemini(body: JsonObject): ChatRequest {
  // Without it, the model would answer a question whose half it never saw.
  if (memberOf(body, 'cachedContent') !== undefined)
    throw invalid('cachedContent', 'refers to content stored at one vendor and cannot be translated; send it in contents')
  const config = optionalObject(memberOf(body, 'generationConfig'), 'generationConfig') ?? {}
  const choice = readChoice(memberOf(body, 'toolConfig'))
  const number = (name: string): number | undefined => optionalNumber(memberOf(config, name), `generationConfig.${name}`)
  return {
    operation: 'chat',
    dialect: 'gemini',
    messages: [...readSystem(memberOf(body, 'systemInstruction')), ...readContents(body['contents'])],
    tools: optionalList(body['tools'], 'tools')
      .flatMap(readTools)
      .filter((tool) => choice.allowed === null || choice.allowed.has(tool.name)),
    choices: optionalCount(memberOf(config, 'candidateCount'), 'generationConfig.candidateCount') ?? 1,
    stop: optionalTexts(memberOf(config, 'stopSequences'), 'generationConfig.stopSequences'),
    other: {},
    lost: [...unnamed(body, taken), ...[...unnamed(config, takenOfConfig), ...otherModalities(config)].map((name) => `generationConfig.${name}`)],
    ...present({
      toolChoice: choice.toolChoice,
      outputTokensMax: optionalCount(memberOf(config, 'maxOutputTokens'), 'generationConfig.maxOutputTokens'),
      temperature: number('temperature'),
      topP: number('topP'),
      topK: number('topK'),
      seed: number('seed'),
      presencePenalty: number('presencePenalty'),
      frequencyPenalty: number('frequencyPenalty'),
      responseFormat: readFormat(config),
      reasoningEffort: readEffort(memberOf(config, 'thinkingConfig')),
    }),
  }
}

/** Pictures and speech are asked for here; what cannot make them answers with text. */
function otherModalities(config: JsonObject): readonly string[] {
  const asked = optionalTexts(memberOf(config, 'responseModalities'), 'generationConfig.responseModalities')
  return asked.every((modality) => modality.toUpperCase() === 'TEXT') ? [] : ['responseModalities']
}

function readTools(value: unknown, index: number): readonly ToolDefinition[] {
  const at = `tools[${index}]`
  const tool = optionalObject(value, at) ?? {}
  const [hosted] = unnamed(tool, ['functionDeclarations'])
  if (hosted !== undefined) throw invalid(`${at}.${hosted}`, "is run by Google and cannot be translated for this model's provider")
  return optionalList(memberOf(tool, 'functionDeclarations'), `${at}.functionDeclarations`).map((item, place) =>
    readDeclaration(item, `${at}.functionDeclarations[${place}]`),
  )
}

function readDeclaration(value: unknown, at: string): ToolDefinition {
  const declaration = optionalObject(value, at) ?? {}
  const schema = optionalObject(memberOf(declaration, 'parametersJsonSchema'), `${at}.parametersJsonSchema`)
  const parameters = optionalObject(declaration['parameters'], `${at}.parameters`)
  return {
    name: requiredText(declaration['name'], `${at}.name`),
    parameters: schema ?? (parameters === undefined ? { type: 'object', properties: {} } : toJsonSchema(parameters)),
    ...present({ description: optionalText(declaration['description'], `${at}.description`) }),
  }
}

interface Choice {
  readonly toolChoice: ToolChoice | undefined
  /** The only functions that may be called; null = all. */
  readonly allowed: ReadonlySet<string> | null
}

/** Of several allowed functions none can be named elsewhere: then one is required, and no other is shown. */
function readChoice(value: Json | undefined): Choice {
  const config = optionalObject(memberOf(optionalObject(value, 'toolConfig'), 'functionCallingConfig'), 'toolConfig.functionCallingConfig')
  const mode = optionalText(config?.['mode'], 'toolConfig.functionCallingConfig.mode')?.toUpperCase()
  const names = optionalTexts(memberOf(config, 'allowedFunctionNames'), 'toolConfig.functionCallingConfig.allowedFunctionNames')
  const [only, ...more] = names
  const all = { allowed: null }
  if (mode === 'ANY' && only !== undefined && more.length === 0) return { ...all, toolChoice: { kind: 'tool', name: only } }
  if (mode === 'ANY') return { toolChoice: { kind: 'required' }, allowed: more.length === 0 ? null : new Set(names) }
  if (mode === 'NONE') return { ...all, toolChoice: { kind: 'none' } }
  return { ...all, toolChoice: mode === 'AUTO' || mode === 'VALIDATED' ? { kind: 'auto' } : undefined }
}

function readFormat(config: JsonObject): ResponseFormat | undefined {
  const schema = memberOf(config, 'responseJsonSchema')
  const subset = memberOf(config, 'responseSchema')
  if (isJsonObject(schema)) return { kind: 'schema', name: 'response', schema }
  if (isJsonObject(subset)) return { kind: 'schema', name: 'response', schema: toJsonSchema(subset) }
  const type = optionalText(memberOf(config, 'responseMimeType'), 'generationConfig.responseMimeType')
  if (type === undefined || type === 'text/plain') return undefined
  if (type === 'application/json') return { kind: 'json' }
  throw invalid('generationConfig.responseMimeType', `cannot be ${type} with this model's provider: text/plain or application/json`)
}

/** The bounds between efforts are those of Google's own OpenAI endpoint (https://ai.google.dev/gemini-api/docs/openai, "Thinking", as known 2026-11-21). */
function readEffort(value: Json | undefined): string | undefined {
  const config = optionalObject(value, 'generationConfig.thinkingConfig')
  const level = optionalText(memberOf(config, 'thinkingLevel'), 'generationConfig.thinkingConfig.thinkingLevel')?.toLowerCase()
  if (level !== undefined && levels.has(level)) return level
  const budget = optionalNumber(memberOf(config, 'thinkingBudget'), 'generationConfig.thinkingConfig.thinkingBudget')
  // -1 leaves it to the model.
  if (budget === undefined || budget < 0) return undefined
  if (budget === 0) return 'none'
  return budget <= 1024 ? 'low' : budget <= 8192 ? 'medium' : 'high'
}
const levels = new Set(['minimal', 'low', 'medium', 'high'])
