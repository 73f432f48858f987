// Cohere as a provider: what is its own beside its dialect.
// Promises: addresses and variables are Cohere's.

import { expect, it } from 'vitest'
import { cohere } from '../../../gateway/providers/cohere.ts'
import { createProviders } from '../../../gateway/providers/index.ts'

it('names its models as it lists them', () => {
  expect(cohere.modelList?.read({ models: [{ name: 'command-a-03-2025' }, { name: 7 }, null], next_page_token: '' })).toEqual(['command-a-03-2025'])
})

it('takes the variable of Cohere’s own SDK where only that is set', () => {
  expect(createProviders([], (name) => name === 'CO_API_KEY').find('cohere_chat')?.keyVariable).toBe('CO_API_KEY')
  expect(createProviders([], () => true).find('cohere')?.keyVariable).toBe('COHERE_API_KEY')
})
