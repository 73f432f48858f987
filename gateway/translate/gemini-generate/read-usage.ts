// Gemini's usage object to disjoint meters and back.
// Promises: reasoning is counted beside the answer, as the vendor does; cached and audio tokens are taken off the prompt that includes them.
// Leaves alone: images and video, which are billed as input text is.
// Source: https://ai.google.dev/api/generate-content#UsageMetadata, as known 2026-11-21.

import { countOf, listOf, objectOf, type JsonObject } from '../../contract/json.ts'
import { cachedTokens, promptTokens, type Meters, type Usage } from '../../contract/usage.ts'

const counts = ['promptTokenCount', 'candidatesTokenCount', 'thoughtsTokenCount', 'toolUsePromptTokenCount', 'cachedContentTokenCount', 'totalTokenCount']

/** null: nothing that can be counted, or a figure that cannot be a count. A count of zero is left out of this format. */
export function readGeminiUsage(value: unknown): Usage | null {
  const usage = objectOf(value)
  if (usage === undefined || counts.some((name) => usage[name] !== undefined && usage[name] !== null && countOf(usage[name]) === undefined)) return null
  // What the vendor's own tools wrote into the prompt is counted beside it.
  const prompt = (countOf(usage['promptTokenCount']) ?? 0) + (countOf(usage['toolUsePromptTokenCount']) ?? 0)
  const reasoning = countOf(usage['thoughtsTokenCount']) ?? 0
  const total = countOf(usage['totalTokenCount'])
  const output = countOf(usage['candidatesTokenCount']) ?? (total === undefined ? undefined : Math.max(0, total - prompt - reasoning))
  if (prompt === 0 || output === undefined) return null
  const outputAudio = Math.min(output, audioIn(usage, ['candidatesTokensDetails']))
  return {
    meters: { ...readPrompt(usage, prompt), output: output - outputAudio, ...above({ reasoning, outputAudio }) },
    provenance: 'reported',
  }
}

function readPrompt(usage: JsonObject, prompt: number): Meters {
  const cached = Math.min(prompt, countOf(usage['cachedContentTokenCount']) ?? 0)
  const cacheReadAudio = Math.min(cached, audioIn(usage, ['cacheTokensDetails']))
  const inputAudio = Math.min(prompt - cached, Math.max(0, audioIn(usage, ['promptTokensDetails', 'toolUsePromptTokensDetails']) - cacheReadAudio))
  return { input: prompt - cached - inputAudio, ...above({ cacheRead: cached - cacheReadAudio, inputAudio, cacheReadAudio }) }
}

function audioIn(usage: JsonObject, names: readonly string[]): number {
  const rows = names.flatMap((name) => listOf(usage[name])).map((row) => objectOf(row) ?? {})
  return rows.reduce((sum, row) => sum + (row['modality'] === 'AUDIO' ? (countOf(row['tokenCount']) ?? 0) : 0), 0)
}

const above = (meters: Meters): Meters => Object.fromEntries(Object.entries(meters).filter(([, count]) => count > 0))

export function writeGeminiUsage({ meters }: Usage): JsonObject {
  const prompt = promptTokens(meters)
  const candidates = (meters.output ?? 0) + (meters.outputAudio ?? 0)
  const thoughts = meters.reasoning ?? 0
  const cached = cachedTokens(meters)
  return {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    ...(thoughts === 0 ? {} : { thoughtsTokenCount: thoughts }),
    ...(cached === 0 ? {} : { cachedContentTokenCount: cached }),
    totalTokenCount: prompt + candidates + thoughts,
  }
}
