// Names with `*` in them, as LiteLLM has them: a model name that stands for many, in configurations and in a key's list of models.
// Promises: `*` is any text, none included; of several the first takes as much as it can, as in LiteLLM's `(.*)`; linear work, whatever the pattern.
// Source: https://docs.litellm.ai/docs/wildcard_routing, as known 2026-11-21.

export const isWildcard = (name: string): boolean => name.includes('*')

/** What each `*` stands for, or null when the name does not match. */
export function matchWildcard(pattern: string, name: string): readonly string[] | null {
  const [head = '', ...tails] = pattern.split('*')
  const last = tails.pop()
  if (last === undefined) return pattern === name ? [] : null
  if (!name.startsWith(head) || !name.endsWith(last) || name.length < head.length + last.length) return null
  const captures: string[] = []
  let end = name.length - last.length
  // From the right, each text as far to the right as it goes: what is before it is then as long as it can be.
  for (const text of tails.reverse()) {
    const place = end - text.length < head.length ? -1 : name.lastIndexOf(text, end - text.length)
    if (place < head.length) return null
    captures.unshift(name.slice(place + text.length, end))
    end = place
  }
  return [name.slice(head.length, end), ...captures]
}

/** The pattern with its `*` replaced in order; null: it has more of them than there are texts. */
export function fillWildcard(pattern: string, captures: readonly string[]): string | null {
  const pieces = pattern.split('*')
  return pieces.length - 1 > captures.length ? null : pieces.map((piece, index) => (index === 0 ? piece : `${captures[index - 1] ?? ''}${piece}`)).join('')
}

/** Longest first, and of the same length the one with fewer `*`: the more a pattern says, the earlier it is tried. */
export const bySpecificity = (left: string, right: string): number =>
  right.length - left.length || left.split('*').length - right.split('*').length || (left < right ? -1 : 1)
