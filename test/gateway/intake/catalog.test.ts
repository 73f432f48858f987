// The catalog: one from two sources, groups, aliases, fallbacks, weights, and what is left out by name.

import { describe, expect, it } from 'vitest'
import { refuse } from '../../../gateway/contract/errors.ts'
import { deploymentId } from '../../../gateway/contract/ids.ts'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { PriceBook } from '../../../gateway/contract/prices.ts'
import type { DeploymentEntry } from '../../../gateway/contract/store.ts'
import { createCatalog, type CatalogHolder, type CatalogInput } from '../../../gateway/intake/catalog.ts'
import { createProviders } from '../../../gateway/providers/index.ts'

const prices: PriceBook = {
  cardFor: (query) => {
    if (query.overrides['input_cost_per_token'] === 'free') throw refuse('invalid_request', { reason: 'input_cost_per_token must be an amount in dollars' })
    return null
  },
  factsFor: () => ({ contextTokensMax: null, outputTokensMax: 4096, imageTokensMax: null, fileTokensMax: null, capabilities: [] }),
}
const entry = (id: string, modelName: string, params: JsonObject = {}): DeploymentEntry => ({
  id: deploymentId(id),
  modelName,
  params: { model: 'openai/x', ...params },
  modelInfo: {},
  credential: null,
})
function build(input: Partial<CatalogInput>): CatalogHolder {
  const holder = createCatalog({ findProvider: createProviders([]).find, prices, readVariable: () => undefined })
  rebuild(holder, input)
  return holder
}
function rebuild(holder: CatalogHolder, input: Partial<CatalogInput>): void {
  const defaults = { timeoutMs: null, streamTimeoutMs: null, dropParams: false }
  holder.rebuild({
    fileEntries: [],
    ledgerEntries: [],
    credentials: new Map(),
    aliases: {},
    hiddenAliases: [],
    fallbacks: {},
    retries: 2,
    defaults,
    ...input,
  })
}
const idsOf = (holder: CatalogHolder, model: string): readonly string[] | undefined => holder.current.find(model)?.deployments.map(({ id }) => id)

describe('the catalog', () => {
  it('is empty until it is built', () => {
    const holder = createCatalog({ findProvider: () => null, prices, readVariable: () => undefined })
    expect([holder.current.names(), holder.current.deployments(), holder.current.find('m'), holder.problems]).toEqual([[], [], null, []])
  })
  it('joins file and ledger entries of one name in one group and remembers their origin', () => {
    const holder = build({ fileEntries: [entry('f1', 'm'), entry('f2', 'n')], ledgerEntries: [entry('l1', 'm')] })
    expect(idsOf(holder, 'm')).toEqual(['f1', 'l1'])
    expect(holder.current.deployments().map(({ id, origin }) => `${id} ${origin}`)).toEqual(['f1 file', 'l1 ledger', 'f2 file'])
    expect([holder.current.names(), holder.current.retries, holder.problems]).toEqual([['m', 'n'], 2, []])
  })
  it('lets the file win an id and names the other', () => {
    const holder = build({ fileEntries: [entry('same', 'm')], ledgerEntries: [entry('same', 'n')] })
    expect(holder.current.names()).toEqual(['m'])
    expect(holder.problems).toEqual(['The deployment same of n is left out: its id is taken by another one.'])
  })
  it('leaves out what cannot be served, names it, and serves the rest', () => {
    const holder = build({ fileEntries: [entry('a', 'm', { model: 'nowhere/x' }), entry('b', 'm'), entry('c', 'p', { input_cost_per_token: 'free' })] })
    expect([idsOf(holder, 'm'), holder.current.find('p')]).toEqual([['b'], null])
    expect(holder.problems).toEqual([
      expect.stringMatching(/^The deployment a of m is left out: There is no provider called nowhere here\./) as string,
      'The deployment c of p is left out: input_cost_per_token must be an amount in dollars',
    ])
  })
  it('does not swallow a defect of its own parts, and keeps the catalog it had', () => {
    const broken = createCatalog({
      readVariable: () => undefined,
      findProvider: createProviders([]).find,
      prices: {
        ...prices,
        factsFor: () => {
          throw new TypeError('bug')
        },
      },
    })
    expect(() => {
      rebuild(broken, { fileEntries: [entry('a', 'm')] })
    }).toThrow('bug')
    expect(broken.current.names()).toEqual([])
  })
  it('replaces the whole catalog at a rebuild and leaves earlier ones as they were', () => {
    const holder = build({ ledgerEntries: [entry('a', 'm'), entry('b', 'nope', { model: 'nowhere/x' })] })
    const before = holder.current
    rebuild(holder, { ledgerEntries: [entry('c', 'n')] })
    expect([before.names(), holder.current.names(), holder.problems]).toEqual([['m'], ['n'], []])
  })
})

describe('aliases', () => {
  const holder = build({
    fileEntries: [entry('a', 'm'), entry('b', 'old')],
    aliases: { short: 'm', quiet: 'm', old: 'm', lost: 'none' },
    hiddenAliases: ['quiet'],
  })

  it('lead to their model, also past a model of the same name', () => {
    expect([idsOf(holder, 'short'), idsOf(holder, 'quiet'), idsOf(holder, 'old')]).toEqual([['a'], ['a'], ['a']])
    expect(holder.current.find('short')?.name).toBe('m')
  })
  it('are listed unless hidden, each name once', () => {
    expect(holder.current.names()).toEqual(['m', 'old', 'short'])
  })
  it('to nothing are named', () => {
    expect([holder.current.find('lost'), holder.problems]).toEqual([null, ['The alias lost is left out: there is no model named none.']])
  })
  it('are not found by names every object has', () => {
    expect(['constructor', '__proto__', 'toString'].map((name) => holder.current.find(name))).toEqual([null, null, null])
  })
})

describe('fallbacks', () => {
  const entries = [entry('a', 'm'), entry('b', 'n'), entry('c', 'o')]
  const fallbacksOf = (fallbacks: CatalogInput['fallbacks'], aliases: CatalogInput['aliases'] = {}): readonly (readonly string[] | undefined)[] => {
    const holder = build({ fileEntries: entries, fallbacks, aliases })
    return ['m', 'n', 'o'].map((name) => holder.current.find(name)?.fallbacks)
  }
  it("are a model's own, else those of every model, never the model itself", () => {
    expect(fallbacksOf({ m: ['n', 'o'], '*': ['o'] })).toEqual([['n', 'o'], ['o'], []])
  })
  it('are found through aliases on both sides', () => {
    expect(fallbacksOf({ alias: ['other'] }, { alias: 'm', other: 'n' })).toEqual([['other'], [], []])
    expect(fallbacksOf({ m: ['alias', 'n'] }, { alias: 'm' })).toEqual([['n'], [], []])
  })
  it('that lead nowhere are left out and named', () => {
    const holder = build({ fileEntries: entries, fallbacks: { m: ['none', 'n'], ghost: ['m'] } })
    expect(holder.current.find('m')?.fallbacks).toEqual(['n'])
    expect(holder.problems).toEqual([
      'The fallback from m to none is left out: there is no model named none.',
      'The fallbacks of ghost are left out: there is no model of that name.',
    ])
  })
})

describe('weights', () => {
  const weights = (params: readonly JsonObject[]): readonly number[] =>
    build({ fileEntries: params.map((one, index) => entry(String(index), 'm', one)) })
      .current.deployments()
      .map(({ weight }) => weight)

  it('are 1 unless stated', () => {
    expect(weights([{}, { weight: 3 }])).toEqual([1, 3])
  })
  it('are the rpm, else the tpm, where the whole group states it and no weight', () => {
    expect(weights([{ rpm: 900 }, { rpm: 100 }])).toEqual([900, 100])
    expect(weights([{ tpm: 10, rpm: 1 }, { tpm: 20 }])).toEqual([10, 20])
    expect(weights([{ rpm: 900 }, {}])).toEqual([1, 1])
    expect(weights([{ rpm: 900, weight: 2 }, { rpm: 100 }])).toEqual([2, 1])
  })
})
