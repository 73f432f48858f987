// Adding models while the answers of providers come late.
// Promises: the gateway is a stand-in that answers when the test says so; what one provider lists is never offered as another's.

import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { PanelProviderKind } from '../../gateway/contract/panel.ts'
import type { Adder } from '../../renderer/pages/providers/adder.svelte.ts'

const kindOf = (id: string): PanelProviderKind => ({
  id,
  title: id,
  local: false,
  needsKey: false,
  defaultBaseUrl: `https://${id}.example/v1`,
  keyVariable: null,
  keyVariableSet: false,
  settings: [],
  documentationUrl: 'https://example.com',
  verified: false,
  common: false,
})
let adder: Adder
let answers: ((models: readonly string[]) => Promise<void>)[]

beforeEach(async () => {
  vi.stubGlobal('window', globalThis)
  answers = []
  vi.stubGlobal(
    'fetch',
    () =>
      new Promise<Response>((resolve) => {
        answers.push(async (models) => {
          resolve(new Response(JSON.stringify({ ok: true, models, problem: null })))
          // Long enough for an answer to be read and taken.
          await new Promise((next) => setTimeout(next, 5))
        })
      }),
  )
  const module = await import('../../renderer/pages/providers/adder.svelte.ts')
  adder = new module.Adder()
  adder.choose(kindOf('groq'))
})
afterEach(() => {
  vi.unstubAllGlobals()
})

it('the models of a provider that was left do not come to the one chosen after it', async () => {
  const late = adder.list()
  expect(adder.listing).toBe(true)
  adder.back()
  expect(adder.listing).toBe(false)
  adder.choose(kindOf('mistral'))
  await answers[0]?.(['groq-model'])
  await late
  expect([adder.listed, adder.listProblem, adder.listing]).toEqual([null, null, false])
})

it('of two questions the later one is answered', async () => {
  const first = adder.list()
  const second = adder.list()
  await answers[0]?.(['old'])
  expect([adder.listed, adder.listing]).toEqual([null, true])
  await answers[1]?.(['new'])
  await Promise.all([first, second])
  expect([adder.listed, adder.listing]).toEqual([['new'], false])
})
