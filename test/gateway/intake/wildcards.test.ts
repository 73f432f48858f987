// Patterns in the catalog: what a name becomes through them, which one counts, and what is kept.
// Promises: ids stay, everything else is the concrete model's; a key goes to its own vendor only.

import { describe, expect, it } from 'vitest'
import { deploymentId } from '../../../gateway/contract/ids.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { PriceQuery } from '../../../gateway/contract/prices.ts'
import type { DeploymentEntry } from '../../../gateway/contract/store.ts'
import { createCatalog, type CatalogHolder, type CatalogInput } from '../../../gateway/intake/catalog.ts'
import { createRecent } from '../../../gateway/intake/wildcards.ts'
import { createProviders } from '../../../gateway/providers/index.ts'

const facts = { contextTokensMax: null, outputTokensMax: 4096, imageTokensMax: null, fileTokensMax: null, capabilities: [] }
const entry = (id: string, modelName: string, params: JsonObject): DeploymentEntry => ({
  ...{ id: deploymentId(id), modelName, params, modelInfo: {}, credential: null },
})
const keyed = (modelName: string, params: JsonObject): DeploymentEntry => ({ ...entry('k', modelName, params), credential: 'os.environ/K' })
function build(fileEntries: readonly DeploymentEntry[], change: Partial<CatalogInput> = {}): { holder: CatalogHolder; asked: PriceQuery[] } {
  const asked: PriceQuery[] = []
  const holder = createCatalog({
    findProvider: createProviders([]).find,
    prices: { cardFor: () => null, factsFor: (_vendor, model) => ({ ...facts, outputTokensMax: model.length }) },
    readVariable: () => undefined,
    onExpanded: (query) => void asked.push(query),
  })
  const defaults = { timeoutMs: null, streamTimeoutMs: null, dropParams: false }
  const rest = { ledgerEntries: [], credentials: new Map(), aliases: {}, hiddenAliases: [], fallbacks: {}, retries: 2, defaults }
  holder.rebuild({ fileEntries, ...rest, ...change })
  return { holder, asked }
}
const found = ({ holder }: { holder: CatalogHolder }, name: string): readonly string[] | undefined =>
  holder.current.find(name)?.deployments.map(({ id, provider, upstreamModel }) => `${id}: ${provider.id} ${upstreamModel}`)

describe('a name that a pattern stands for', () => {
  const made = build([
    entry('all', '*', { model: '*' }),
    entry('o', 'openai/*', { model: 'openai/*' }),
    entry('o2', 'openai/*', { model: 'openai/*', api_base: 'https://mirror.example/v1', weight: 3 }),
    entry('g', 'openai/gpt-*', { model: 'azure/gpt-*', api_base: 'https://x.openai.azure.com' }),
    entry('one', 'openai/gpt-exact', { model: 'anthropic/claude-x' }),
    entry('fixed', 'team-*', { model: 'openai/gpt-4o' }),
  ])

  it.each([
    ['openai/gpt-exact', ['one: anthropic claude-x']],
    ['openai/gpt-4o', ['g: azure gpt-4o']],
    ['openai/o3', ['o: openai o3', 'o2: openai o3']],
    ['anthropic/claude-y', ['all: anthropic claude-y']],
    ['team-blue', ['fixed: openai gpt-4o']],
    ['nowhere/x', undefined],
    ['bare', undefined],
    ['openai/*', undefined],
    ['*', undefined],
  ])('%s, is served by %j', (name, served) => {
    expect(found(made, name)).toEqual(served)
  })

  it('has its own name, limits and prices, its pattern’s ids and weights, and is made once', () => {
    const group = made.holder.current.find('openai/o3')
    expect(group?.name).toBe('openai/o3')
    expect(group?.deployments.map(({ modelName, weight, facts: known }) => [modelName, weight, known.outputTokensMax])).toEqual([
      ['openai/o3', 1, 2],
      ['openai/o3', 3, 2],
    ])
    expect(made.holder.current.find('openai/o3')).toBe(group)
    expect(made.asked.filter(({ modelName }) => modelName === 'openai/o3').map(({ vendor, model }) => `${vendor ?? ''} ${model}`)).toEqual([
      'openai o3',
      'openai o3',
    ])
  })

  it('is no listed name; the patterns are listed apart, the most specific first', () => {
    const { current } = made.holder
    expect(current.names()).toEqual(['openai/gpt-exact'])
    expect(current.patterns()).toEqual(['openai/gpt-*', 'openai/*', 'team-*', '*'])
    expect(current.deployments().map(({ id }) => id)).toEqual(['all', 'o', 'o2', 'g', 'one', 'fixed'])
    expect(made.holder.problems).toEqual([])
  })

  it('has its own fallbacks, else its pattern’s, else everybody’s; an alias may mean it', () => {
    const fallbacks = { 'openai/o1': ['safe'], 'openai/*': ['openai/small', 'safe'], '*': ['safe'], lost: ['safe'] }
    const entries = [entry('o', 'openai/*', { model: 'openai/*' }), entry('s', 'safe', { model: 'anthropic/claude-x' })]
    const { holder } = build(entries, { fallbacks, aliases: { fast: 'openai/mini', wild: 'openai/*' } })
    expect(holder.current.find('openai/o1')?.fallbacks).toEqual(['safe'])
    expect(holder.current.find('openai/o3')?.fallbacks).toEqual(['openai/small', 'safe'])
    expect(holder.current.find('fast')?.name).toBe('openai/mini')
    expect(holder.current.names()).toEqual(['fast', 'safe'])
    expect(holder.problems).toEqual([
      'The alias wild is left out: there is no model named openai/*.',
      'The fallbacks of lost are left out: there is no model of that name.',
    ])
  })
})

it('a key is not handed to whichever vendor a caller names', () => {
  const open = build([keyed('*', { model: '*' })])
  expect(open.holder.current.patterns()).toEqual([])
  expect(open.holder.problems).toEqual([expect.stringContaining('any provider may be asked for') as string])
  expect(found(build([keyed('*', { model: 'openai/*' })]), 'gpt-4o')).toEqual(['k: openai gpt-4o'])
  const addressed = build([keyed('*', { model: '*', api_base: 'https://own.example/v1' })])
  expect(addressed.holder.current.find('openai/x')?.deployments.map(({ baseUrl, credential }) => [baseUrl, credential])).toEqual([
    ['https://own.example/v1', 'os.environ/K'],
  ])
})

it('the names last asked for are kept, and no more', () => {
  const recent = createRecent<number>(2)
  recent.keep('a', 1)
  recent.keep('b', 2)
  expect(recent.find('a')).toBe(1)
  recent.keep('c', 3)
  expect([recent.find('a'), recent.find('b'), recent.find('c')]).toEqual([1, undefined, 3])
})
