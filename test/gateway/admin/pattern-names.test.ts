// Names behind patterns, as their providers list them.
// Promises: a provider is asked once in a while, and neither one that fails nor a caller who leaves costs anybody the list.

import { setTimeout } from 'node:timers/promises'
import { beforeEach, expect, test } from 'vitest'
import { createPatternNames, type PatternNames } from '../../../gateway/admin/pattern-names.ts'
import { createServedModelRoutes } from '../../../gateway/admin/served-models.ts'
import type { ModelListQuery } from '../../../gateway/admin/deps.ts'
import { refuse } from '../../../gateway/contract/errors.ts'
import { deploymentId } from '../../../gateway/contract/ids.ts'
import type { RouteAnswer } from '../../../gateway/contract/route.ts'
import { createWorld, type World } from './world.ts'

let world: World
let names: PatternNames
let asked: ModelListQuery[]
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
  expect(await names()).toEqual(['fast/a', 'fast/b', 'mistral/mistral-small'])
  expect(asked.map(({ provider, credential }) => [provider.id, credential])).toEqual([
    ['groq', 'os.environ/KEY_one'],
    ['mistral', 'os.environ/KEY_two'],
  ])
})

test('are asked for once in five minutes', async () => {
  await Promise.all([names(), names()])
  world.time.nowMs += 299_999
  await names()
  expect(asked).toHaveLength(2)
  world.time.nowMs += 1
  await names()
  expect(asked).toHaveLength(4)
})

test('lack those of a provider that does not answer', async () => {
  world.network.listModels = ({ provider }) =>
    provider.id === 'groq' ? Promise.reject(refuse('upstream_unreachable', { provider: 'Groq', reason: 'x' })) : Promise.resolve(['m'])
  expect(await names()).toEqual(['mistral/m'])
})

test('of a provider that did not answer are asked for again after half a minute', async () => {
  const answer = world.network.listModels
  world.network.listModels = () => Promise.reject(refuse('upstream_unreachable', { provider: 'Groq', reason: 'x' }))
  expect(await names()).toEqual([])
  world.network.listModels = answer
  world.time.nowMs += 29_999
  expect(await names()).toEqual([])
  world.time.nowMs += 1
  expect(await names()).toEqual(['fast/a', 'fast/b', 'mistral/mistral-small'])
})

test('reach those who wait for them, although who asked first has left', async () => {
  const answer = world.network.listModels
  world.network.listModels = async (query) => {
    await setTimeout(20)
    if (query.gone.aborted) throw refuse('upstream_timeout', { provider: 'Groq' })
    return await answer(query)
  }
  const [list] = createServedModelRoutes(world.deps, names)
  const ask = async (gone: AbortSignal): Promise<RouteAnswer | undefined> =>
    await list?.handle({
      ...{ params: {}, query: {}, body: null, caller: world.deps.directory.adminCaller, sessionHash: null, changedBy: null },
      ...{ requestId: 'req_of_this_test', secure: false, gone },
    })
  const leaving = new AbortController()
  const [, second] = await Promise.all([ask(leaving.signal), ask(new AbortController().signal), Promise.resolve().then(() => leaving.abort())])
  const data: readonly unknown[] = ['fast/a', 'fast/b', 'mistral/mistral-small'].map((id) => expect.objectContaining({ id }))
  expect(second).toMatchObject({ value: { data: expect.arrayContaining([...data]) as unknown } })
})
