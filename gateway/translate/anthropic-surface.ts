// What everybody who serves Claude in Anthropic's own dialect has in common.
// Promises: facts of the models, not of a vendor. Leaves alone: addresses and credentials (providers/).

import type { Quirks } from '../contract/provider.ts'
import { readTraits } from './anthropic-messages/model-traits.ts'

export const claudeQuirks: Quirks = {
  // With tools the vendor adds a system prompt of its own: 530 tokens at most in its published table
  // (https://docs.anthropic.com/en/docs/tool-use-pricing-and-tokens, as known 2026-11-21). Newer tokenizers make about 30 percent more of the same
  // text (https://platform.claude.com/docs/en/build-with-claude/token-counting) and output formats bring a prompt too, hence the round number.
  promptOverheadTokens: 1024,
  // From Opus 5 and Sonnet 5 on models think unless told otherwise (https://platform.claude.com/docs/en/models/opus-5/whats-new-opus-5, "Thinking is on by
  // default", as known 2026-11-22), and what they think is billed and not shown. A name that says nothing may be one of them.
  reasonsWhenAsked: false,
}

/** Before that, "extended thinking" is off until a request turns it on (https://platform.claude.com/docs/en/build-with-claude/extended-thinking, as known 2026-11-21). */
export const claudeQuirksOf = (model: string): Quirks => ({ ...claudeQuirks, reasonsWhenAsked: !readTraits(model).thinksUnasked })
