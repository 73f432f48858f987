// Bedrock's own count of a call by InvokeModel: in a whole reply's headers, and in the last piece of a stream.
// Promises: half a report is none. Leaves alone: what a model's own reply says (tap.ts).
// Source: the names as read by langchain-aws (https://github.com/langchain-ai/langchain-aws, `libs/aws/langchain_aws/llms/bedrock.py`), as known 2026-11-21.

import { countOf, type JsonObject } from '../../contract/json.ts'
import type { Usage } from '../../contract/usage.ts'

interface CountNames {
  readonly input: string
  readonly output: string
  readonly cacheRead: string
  readonly cacheWrite: string
}
const inMetrics: CountNames = {
  input: 'inputTokenCount',
  output: 'outputTokenCount',
  cacheRead: 'cacheReadInputTokenCount',
  cacheWrite: 'cacheWriteInputTokenCount',
}
const inHeaders: CountNames = {
  input: 'x-amzn-bedrock-input-token-count',
  output: 'x-amzn-bedrock-output-token-count',
  cacheRead: 'x-amzn-bedrock-cache-read-input-token-count',
  cacheWrite: 'x-amzn-bedrock-cache-write-input-token-count',
}

export const readInvokeMetrics = (metrics: JsonObject): Usage | null => toUsage((name) => countOf(metrics[name]), inMetrics)

export const readInvokeCounts = (headers: Readonly<Record<string, string>>): Usage | null =>
  toUsage((name) => (/^\d{1,9}$/.test(headers[name] ?? '') ? Number(headers[name]) : undefined), inHeaders)

/** null: it says nothing of the prompt, and half a report would pass for a whole one. */
function toUsage(read: (name: string) => number | undefined, names: CountNames): Usage | null {
  const meters: { input?: number; output?: number; cacheRead?: number; cacheWrite?: number } = {}
  for (const meter of ['input', 'output', 'cacheRead', 'cacheWrite'] as const) {
    const count = read(names[meter]) ?? 0
    if (count > 0) meters[meter] = count
  }
  return meters.input === undefined && meters.cacheRead === undefined ? null : { meters, provenance: 'reported' }
}
