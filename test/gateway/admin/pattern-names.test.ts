// Names behind patterns, as their providers list them.
// Promises: a provider is asked once in a while, and one that fails costs nobody the list.

import { beforeEach, expect, test } from 'vitest'
import { createPatternNames, type PatternNames } from '../../../gateway/admin/pattern-names.ts'
import type { ModelListQuery } from '../../../gateway/admin/deps.ts'
import { refuse } from '../../../gateway/contract/errors.ts'
import { deploymentId } from '../../../gateway/contract/ids.ts'
import { createWorld, type World } from './world.ts'

let world: World
let names: PatternNames
let asked: ModelListQuery[]
const gone = new AbortController().signal
beforeEach(async () => {
  world = await createWorld()
  asked = []
  world.network.listModels = (query) => {
    asked.push(query)
    return Promise.resolve(query.provider.id === 'groq' ? ['gpt-b', 'other', 'gpt-a'] : ['mistral-small'])
  }
  names = createPatternNames(world.deps)
  for (const [id, modelName, model] of [
    ['one', 'fast/*', 'groq/gpt-*'],
    ['two', 'mistral/*', 'mistral/*'],
    ['three', 'fixed-*', 'mistral/mistral-large-latest'],
    ['four', 'plain', 'mistral/mistral-small'],
    ['five', '*', '*'],
  ] as const)
    await world.deps.entries.putDeployment({
      id: deploymentId(id),
      modelName,
      params: { model },
      modelInfo: {},
      credential: id === 'five' ? null : `os.environ/KEY_${id}`,
    })
})

test('are what the provider lists and the pattern stands for, under the public name', async () => {
  expect(await names(gone)).toEqual(['fast/a', 'fast/b', 'mistral/mistral-small'])
  expect(asked.map(({ provider, credential }) => [provider.id, credential])).toEqual([
    ['groq', 'os.environ/KEY_one'],
    ['mistral', 'os.environ/KEY_two'],
  ])
})

test('are asked for once in five minutes', async () => {
  await Promise.all([names(gone), names(gone)])
  world.time.nowMs += 299_999
  await names(gone)
  expect(asked).toHaveLength(2)
  world.time.nowMs += 1
  await names(gone)
  expect(asked).toHaveLength(4)
})

test('lack those of a provider that does not answer', async () => {
  world.network.listModels = ({ provider }) =>
    provider.id === 'groq' ? Promise.reject(refuse('upstream_unreachable', { provider: 'Groq', reason: 'x' })) : Promise.resolve(['m'])
  expect(await names(gone)).toEqual(['mistral/m'])
})
