// What Ollama's dialect says beside the conversation: sampling in `options`, the output's form, thinking.
// Promises: every field we use has been checked; engine settings without a word in the pivot are kept in `other` under their full names.
// Leaves alone: messages and prompts.
// Source: https://docs.ollama.com/api/chat and https://docs.ollama.com/modelfile#parameter, as known 2026-11-21.

import type { ChatRequest, ResponseFormat } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import { invalid, optionalNumber, optionalObject, optionalTexts, present, rest } from '../fields.ts'
import { readSampling, samplingFields } from '../sampling.ts'

type Beside = Omit<ChatRequest, 'operation' | 'dialect' | 'messages' | 'tools'>

const sampling = new Set<string>([...samplingFields, 'num_predict', 'stop'])
/** How long a model stays loaded is nothing a reply shows. */
const fields = ['model', 'stream', 'options', 'format', 'think', 'keep_alive']

/** `taken`: the fields of the body that are read elsewhere. */
export function readBeside(body: JsonObject, taken: readonly string[]): Beside {
  const options = optionalObject(body['options'], 'options') ?? {}
  const cap = optionalNumber(options['num_predict'], 'options.num_predict')
  const engine = Object.entries(rest(options, sampling)).map(([name, value]) => [`options.${name}`, value] as const)
  return {
    choices: 1,
    stop: optionalTexts(options['stop'], 'options.stop'),
    other: { ...rest(body, new Set([...fields, ...taken])), ...Object.fromEntries(engine) },
    ...present({
      outputTokensMax: cap === undefined || cap < 1 ? undefined : Math.ceil(cap),
      responseFormat: readFormat(body['format']),
      reasoningEffort: readThink(body['think']),
    }),
    ...readSampling(options),
  }
}

function readFormat(value: unknown): ResponseFormat | undefined {
  if (value === undefined || value === null || value === '') return undefined
  if (value === 'json') return { kind: 'json' }
  const schema = typeof value === 'object' ? optionalObject(value, 'format') : undefined
  if (schema === undefined) throw invalid('format', 'must be "json" or a JSON schema')
  return { kind: 'schema', name: 'reply', schema }
}

/** Yes without a level is the middle one, as models that know levels take it. */
function readThink(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value ? 'medium' : 'none'
  if (typeof value !== 'string' || value === '') throw invalid('think', 'must be true, false or a level')
  return value
}
