// What everybody who serves Claude in Anthropic's own dialect has in common.
// Promises: facts of the models, not of a vendor. Leaves alone: addresses and credentials (providers/).

import type { Quirks } from '../contract/provider.ts'

export const claudeQuirks: Quirks = {
  // With tools the vendor adds a system prompt of its own: 530 tokens at most in its published table
  // (https://docs.anthropic.com/en/docs/tool-use-pricing-and-tokens, as known 2026-11-21). Newer tokenizers make about 30 percent more of the same
  // text (https://platform.claude.com/docs/en/build-with-claude/token-counting) and output formats bring a prompt too, hence the round number.
  promptOverheadTokens: 1024,
  // "Extended thinking" is off until a request turns it on (https://platform.claude.com/docs/en/build-with-claude/extended-thinking, as known 2026-11-21).
  reasonsWhenAsked: true,
}
