// The pivot to a generateContent body: parameters and tools.
// Promises: schemas go as JSON Schema, unchanged; a parameter without an equal is named in `dropped`, unless it asks for its own default.
// Leaves alone: the model and streaming, which are in the path; contents (write-contents.ts).

import type { ChatRequest, PivotRequest, ToolDefinition } from '../../contract/chat.ts'
import { listOf, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import type { WriteTarget, WrittenRequest } from '../../contract/wire.ts'
import { asChat, namesOf, optionalCap, strictTools, withDefaults } from '../defaults.ts'
import { rest, withoutDialect } from '../fields.ts'
import { mayBringPictures } from '../pictures.ts'
import { takesPenalties } from './penalties.ts'
import { writeContents } from './write-contents.ts'
import { generationOf, writeThinking } from './write-thinking.ts'

export function writeGemini(pivot: PivotRequest, target: WriteTarget): WrittenRequest {
  const request = withDefaults(asChat(pivot), target.settings)
  const plan = writeThinking(request, target.model, target.settings)
  const { systemInstruction, contents } = writeContents(request.messages, {
    signed: (generationOf(target.model) ?? 0) >= firstSigning,
    anonymous: target.quirks.noCallIds === true,
  })
  const body: JsonObject = {
    systemInstruction,
    contents,
    ...writeTools(request),
    safetySettings: request.other['safety_settings'] ?? target.settings['safety_settings'],
    generationConfig: {
      maxOutputTokens: optionalCap(request, target),
      ...writeSampling(request, target.model),
      ...writeFormat(request),
      thinkingConfig: plan.config,
      responseModalities: modalitiesOf(request),
    },
  }
  const dropped = [...new Set([...plan.dropped, ...namesOf(withoutEqual(request, target.model))])]
  return { body, dropped, pictures: mayBringPictures(body, target.model) }
}

/** From this generation on a call must come back with its signature. */
const firstSigning = 3

/** Text, pictures, or both: what this vendor's conversations can bring beside calls. */
function modalitiesOf({ other }: ChatRequest): Json | undefined {
  const asked = listOf(other['modalities']).map((modality) => textOf(modality)?.toUpperCase() ?? '')
  return asked.includes('IMAGE') && asked.every((modality) => modality === 'TEXT' || modality === 'IMAGE') ? asked : undefined
}

/** `safety_settings` is LiteLLM's name for Google's own field (https://docs.litellm.ai/docs/providers/gemini, as known 2026-11-21). */
const carriedElsewhere = new Set(['thinking', 'safety_settings'])
function withoutEqual(request: ChatRequest, model: string): JsonObject {
  const modalities = modalitiesOf(request) === undefined ? request.other['modalities'] : undefined
  return {
    ...rest(request.other, carriedElsewhere),
    ...strictTools(request),
    modalities,
    parallel_tool_calls: request.parallelToolCalls === false ? false : undefined,
    ...(takesPenalties(model) ? {} : { presence_penalty: request.presencePenalty, frequency_penalty: request.frequencyPenalty }),
  }
}

function writeSampling(request: ChatRequest, model: string): JsonObject {
  const stop = request.stop.filter((text) => text !== '')
  return {
    temperature: request.temperature,
    topP: request.topP,
    topK: request.topK,
    seed: request.seed,
    ...(takesPenalties(model) ? { presencePenalty: request.presencePenalty, frequencyPenalty: request.frequencyPenalty } : {}),
    stopSequences: stop.length === 0 ? undefined : stop,
  }
}

function writeFormat({ responseFormat }: ChatRequest): JsonObject {
  if (responseFormat === undefined || responseFormat.kind === 'text') return {}
  const responseJsonSchema = responseFormat.kind === 'schema' ? withoutDialect(responseFormat.schema) : undefined
  return { responseMimeType: 'application/json', responseJsonSchema }
}

function writeTools(request: ChatRequest): JsonObject {
  if (request.tools.length === 0) return {}
  const config = writeChoice(request)
  return {
    tools: [{ functionDeclarations: request.tools.map(writeTool) }],
    toolConfig: config === undefined ? undefined : { functionCallingConfig: config },
  }
}

/** `parametersJsonSchema` takes what callers write; `parameters` only takes a subset of OpenAPI's schema. */
function writeTool(tool: ToolDefinition): Json {
  return { name: tool.name, description: tool.description, parametersJsonSchema: { ...withoutDialect(tool.parameters), type: 'object' } }
}

function writeChoice({ toolChoice }: ChatRequest): JsonObject | undefined {
  switch (toolChoice?.kind) {
    case undefined:
      return undefined
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [toolChoice.name] }
    case 'required':
      return { mode: 'ANY' }
    default:
      return { mode: toolChoice?.kind === 'none' ? 'NONE' : 'AUTO' }
  }
}
