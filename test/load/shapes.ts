// What the bench's processes tell each other, and the request all of them carry.
// Promises: one request body for every subject, so that ratios compare like with like.
// Leaves alone: who sends what when (bench.ts).

/** Output events of one streamed reply. */
export const chunkCount = 20
export const promptTokens = 24
/** What the bench's deployment costs, in dollars per token. */
export const inputUsdPerToken = 0.0000025
export const outputUsdPerToken = 0.00001
/** What one call must cost in the ledger. */
export const callUsd = promptTokens * inputUsdPerToken + chunkCount * outputUsdPerToken

/** One measurement, ordered from the load generator. */
export interface LoadOrder {
  readonly origin: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly connections: number
  readonly warmUpMs: number
  readonly durationMs: number
}
/** Times in microseconds from writing the request. */
export interface LoadResult {
  readonly perSecond: number
  readonly requests: number
  /** Replies that were not 200, and broken connections. */
  readonly failures: number
  /** The first reply that was not 200. */
  readonly firstFailure: string | null
  readonly totalP50Us: number
  readonly totalP99Us: number
  readonly firstByteP50Us: number
}

/** A request of everyday size: a system prompt, a question, a cap that the answer keeps to. About 1 KB. */
export function requestBody(model: string, stream: boolean, maxTokens = 64): string {
  return JSON.stringify({
    model,
    messages: [
      { role: 'system', content: 'You are a careful assistant. '.repeat(20).trim() },
      { role: 'user', content: 'Write twenty words about gateways. '.repeat(8).trim() },
    ],
    max_tokens: maxTokens,
    temperature: 0.2,
    ...(stream ? { stream: true } : {}),
  })
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
