// What a reply used, in Anthropic's words: cached tokens stand beside `input_tokens`.
// Promises: every count a strict client asks for; where the vendor said nothing, about what the text comes to.
// Source: https://platform.claude.com/docs/en/build-with-claude/prompt-caching, as known 2026-11-21.

import type { JsonObject } from '../../contract/json.ts'
import { cachedTokens, completionTokens, type Usage } from '../../contract/usage.ts'
import { boundMessages } from './bound.ts'
import { bytesPerToken } from './read-usage.ts'

export function writeMessagesUsage({ meters }: Pick<Usage, 'meters'>): JsonObject {
  const { cacheWrite = 0, cacheWrite1h = 0, reasoning = 0, searches = 0 } = meters
  return {
    input_tokens: (meters.input ?? 0) + (meters.inputAudio ?? 0),
    cache_creation_input_tokens: cacheWrite + cacheWrite1h,
    cache_read_input_tokens: cachedTokens(meters),
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite, ephemeral_1h_input_tokens: cacheWrite1h },
    output_tokens: completionTokens(meters),
    output_tokens_details: { thinking_tokens: reasoning },
    ...(searches === 0 ? {} : { server_tool_use: { web_search_requests: searches } }),
  }
}

/**
 * Other vendors tell what the prompt was when the reply is over; this dialect tells it first, and some clients read it nowhere else. So the start
 * says what its text comes to at the average length of a token, and the end says what the vendor counted.
 */
export function estimatedUsage(request: JsonObject, outputBytes: number): Usage {
  const bytes = Math.max(0, Buffer.byteLength(JSON.stringify(request)) - boundMessages(request).mediaBytes)
  return { meters: { input: Math.ceil(bytes / bytesPerToken), output: Math.ceil(outputBytes / bytesPerToken) }, provenance: 'estimated' }
}
