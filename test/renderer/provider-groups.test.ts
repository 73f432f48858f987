// How providers are grouped and found, over the gateway's real catalogue.
// Promises: none is lost between groups. Leaves alone: the page (panel/providers.spec.ts).

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PanelProviderKind } from '../../gateway/contract/panel.ts'
import { createProviders } from '../../gateway/providers/index.ts'
import { groupProviders } from '../../renderer/lib/provider-groups.ts'

const rows: unknown = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../resources/providers.json'), 'utf8'))
const catalogue: readonly PanelProviderKind[] = createProviders(rows).all.map(
  ({ id, title, local, needsKey, defaultBaseUrl, keyVariable, settings, ...rest }) => ({
    ...{ id, title, local, needsKey, defaultBaseUrl, keyVariable, settings },
    keyVariableSet: false,
    documentationUrl: rest.documentation.url,
    verified: rest.verified === true,
    common: rest.common === true,
  }),
)
const idsOf = (search: string): readonly string[] => groupProviders(catalogue, search).flatMap((group) => group.kinds.map((kind) => kind.id))

describe('the catalogue', () => {
  it('is shown whole, engines of this computer first, then the common ones, then the rest', () => {
    const groups = groupProviders(catalogue, '  ')
    expect(groups.map((group) => group.title)).toEqual(['Local engines', 'Common providers', 'Other providers'])
    expect(groups.flatMap((group) => group.kinds.map((kind) => kind.id)).toSorted()).toEqual(catalogue.map((kind) => kind.id).toSorted())
    expect(groups[0]?.kinds.every((kind) => kind.local)).toBe(true)
    expect(groups[1]?.kinds.map((kind) => kind.id)).toEqual(expect.arrayContaining(['openai', 'anthropic', 'groq', 'openrouter']))
    for (const { kinds } of groups)
      expect(kinds.map((kind) => kind.title)).toEqual(kinds.map((kind) => kind.title).toSorted((a, b) => a.localeCompare(b, 'en')))
  })

  it.each([
    ['groq', ['groq']],
    ['lm studio', ['lm_studio']],
    ['STUDIO lm', ['lm_studio']],
    ['api.deepseek.com', ['deepseek']],
    ['1234', ['lm_studio', 'mistralrs']],
    ['nobody knows this', []],
  ])('finds by %j', (search, ids) => {
    expect(idsOf(search)).toEqual(ids)
  })

  it('leaves a group without a match out', () => {
    expect(groupProviders(catalogue, 'groq').map((group) => group.title)).toEqual(['Common providers'])
  })
})
