// A prompt that is longer than its model can read: one meaning for which every vendor has its own words.
// Promises: agents that make room by themselves when they are told so (Codex, Claude Code, Aider) can tell it from any other refusal, whoever refused; the
// vendor's sentence stays. Leaves alone: replies in the caller's own dialect (those pass).
// Sources: https://platform.openai.com/docs/guides/error-codes (`context_length_exceeded`), https://platform.claude.com/docs/en/api/errors ("prompt is too
// long"), tools/server/README.md of https://github.com/ggml-org/llama.cpp (`exceed_context_size_error`), as known 2026-11-21.

/** OpenAI's word for it, which Codex and Aider look for. */
export const contextLengthCode = 'context_length_exceeded'

const codes = new Set<string | null>([contextLengthCode, 'exceed_context_size_error', 'model_max_prompt_tokens_exceeded'])
const statuses = new Set([400, 413, 422])
const sayings = [
  // OpenAI, vLLM, Mistral, SGLang; xAI.
  /maximum (?:context|prompt) length/i,
  // Anthropic; Bedrock.
  /(?:prompt|input) is too long/i,
  // Anthropic, llama.cpp, LM Studio.
  /exceeds? (?:the )?(?:available |model's )?context (?:limit|size|length|window)/i,
  /longer than the (?:model's )?context/i,
  /context (?:the )?overflows/i,
  // Gemini; Cohere.
  /token count.{0,40}exceeds the maximum number of tokens/i,
  /too many tokens: total/i,
]

export function exceedsContext(
  status: number,
  { message, type, code }: { readonly message: string; readonly type: string | null; readonly code: string | null },
): boolean {
  return codes.has(code) || codes.has(type) || (statuses.has(status) && sayings.some((saying) => saying.test(message)))
}

/** Both sentences begin as Anthropic's own: Claude Code compacts at the first, and asks for less output at the second. */
const known = /prompt is too long|exceed context limit/i

export function toAnthropicLength(message: string): string {
  if (known.test(message)) return message
  const counts = countsIn(message)
  return counts === null ? `prompt is too long: ${message}` : `input length and \`max_tokens\` exceed context limit: ${counts} (${message})`
}

/** "… maximum context length is 8192 tokens. However, you requested 9000 tokens (1000 in the messages, 8000 in the completion)": it would fit with less output. */
function countsIn(message: string): string | null {
  const limit = Number(/maximum context length (?:is|of) (\d+) tokens/i.exec(message)?.[1])
  const input = Number(/(\d+) (?:tokens )?(?:in|from) the (?:input |messages)/i.exec(message)?.[1])
  const output = Number(/(\d+) (?:tokens )?(?:in|for) the completion/i.exec(message)?.[1])
  return input < limit && output > 0 ? `${input} + ${output} > ${limit}` : null
}
