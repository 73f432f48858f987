// The catalogue of providers as it is chosen from: engines of this computer first, then the common ones, then the rest, each from A to Z.
// Promises: every kind that matches is in one group; a search finds by title, id or address, in any order of words.
// Leaves alone: how groups look (pages/providers).

import type { PanelProviderKind } from '../../gateway/contract/panel.ts'

export interface ProviderGroup {
  readonly title: string
  readonly kinds: readonly PanelProviderKind[]
}

/** Groups without a match are left out. */
export function groupProviders(catalogue: readonly PanelProviderKind[], search: string): readonly ProviderGroup[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const shown = catalogue.filter((kind) => words.every((word) => wordsOf(kind).includes(word))).toSorted((a, b) => a.title.localeCompare(b.title, 'en'))
  return [
    { title: 'Local engines', kinds: shown.filter((kind) => kind.local) },
    { title: 'Common providers', kinds: shown.filter((kind) => !kind.local && kind.common) },
    { title: 'Other providers', kinds: shown.filter((kind) => !kind.local && !kind.common) },
  ].filter((group) => group.kinds.length > 0)
}

/** `lm_studio` is found as "lm studio", too. */
const wordsOf = (kind: PanelProviderKind): string => `${kind.title} ${kind.id} ${kind.id.replaceAll('_', ' ')} ${kind.defaultBaseUrl ?? ''}`.toLowerCase()
