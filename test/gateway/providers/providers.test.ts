// The providers' own particulars, and what a row of data may and may not say.
// Promises: each plug of the shelf is held against its documentation here.

import { describe, expect, it } from 'vitest'
import { anthropic } from '../../../gateway/providers/anthropic.ts'
import { azure } from '../../../gateway/providers/azure.ts'
import { gemini } from '../../../gateway/providers/gemini.ts'
import { createProviders } from '../../../gateway/providers/index.ts'
import { ollama } from '../../../gateway/providers/ollama.ts'
import { openaiCompatible } from '../../../gateway/providers/openai-compatible.ts'
import { openai } from '../../../gateway/providers/openai.ts'
import { createRowProvider } from '../../../gateway/providers/row.ts'

const row = {
  id: 'acme',
  title: 'Acme',
  aliases: ['acme_ai'],
  local: true,
  defaultBaseUrl: 'http://127.0.0.1:9/v1',
  keyVariable: null,
  needsKey: false,
  quirks: { coldLoad: true, outputCapField: 'max_tokens' },
  documentation: { url: 'https://example.com', checked: '2026-11-21' },
}

it('OpenAI caps output by its current field name and takes a bearer key', () => {
  expect(openai.quirks.outputCapField).toBe('max_completion_tokens')
  expect(openai.headers('k')).toEqual({ authorization: 'Bearer k' })
  expect(`${openai.defaultBaseUrl ?? ''}${openai.wires['openai-chat'] ?? ''}`).toBe('https://api.openai.com/v1/chat/completions')
})

it('Anthropic gets its version with every request and its key in its own header', () => {
  expect(anthropic.headers('k')).toEqual({ 'anthropic-version': '2023-06-01', 'x-api-key': 'k' })
  expect(`${anthropic.defaultBaseUrl ?? ''}${anthropic.wires['anthropic-messages'] ?? ''}`).toBe('https://api.anthropic.com/v1/messages')
  expect(anthropic.modelList?.read({ data: [{ type: 'model', id: 'claude-opus-4-1' }] })).toEqual(['claude-opus-4-1'])
})

it('Gemini takes its key in a header of its own and lists what can be asked for text or embeddings', () => {
  expect(gemini.headers('k')).toEqual({ 'x-goog-api-key': 'k' })
  expect(gemini.headers(null)).toEqual({})
  const models = [
    { name: 'models/gemini-2.5-pro', supportedGenerationMethods: ['generateContent', 'countTokens'] },
    { name: 'models/gemini-embedding-001', supportedGenerationMethods: ['embedContent'] },
    { name: 'models/imagen-4.0-generate-001', supportedGenerationMethods: ['predict'] },
    { name: 'models/unsaid' },
  ]
  expect(gemini.modelList?.read({ models })).toEqual(['gemini-2.5-pro', 'gemini-embedding-001', 'unsaid'])
  expect(createProviders([]).find('gemini')).toBe(gemini)
})

it('Azure takes its key in a header of its own and has no address until it is given', () => {
  expect(azure.headers('k')).toEqual({ 'api-key': 'k' })
  expect(azure.headers(null)).toEqual({})
  expect(azure).toMatchObject({ defaultBaseUrl: null, modelList: null, quirks: { outputCapField: 'max_completion_tokens' } })
  expect(createProviders([]).find('azure')).toBe(azure)
})

it('a key under another conventional name is found where the usual name is not set', () => {
  const variableOf = (...set: readonly string[]): unknown => createProviders([], (name) => set.includes(name)).find('gemini')?.keyVariable
  expect(variableOf('GOOGLE_API_KEY')).toBe('GOOGLE_API_KEY')
  expect(variableOf('GOOGLE_API_KEY', 'GEMINI_API_KEY')).toBe('GEMINI_API_KEY')
  expect(variableOf()).toBe('GEMINI_API_KEY')
})

it('Ollama is local, slow to load, and listed by tag', () => {
  expect(ollama).toMatchObject({ local: true, quirks: { coldLoad: true } })
  expect(ollama.modelList?.read({ models: [{ name: 'a:latest', model: 'a:latest' }, { name: 'b' }] })).toEqual(['a:latest', 'b'])
  expect(createProviders([]).find('ollama_chat')).toBe(ollama)
})

it('the generic server needs a base URL and no key', () => {
  expect(openaiCompatible).toMatchObject({ defaultBaseUrl: null, needsKey: false })
  expect(openaiCompatible.modelList?.read({ data: [{ id: 'm' }] })).toEqual(['m'])
  expect(createProviders([]).find('custom_openai')).toBe(openaiCompatible)
})

it('an unknown name finds nothing, not even one from a prototype', () => {
  expect(createProviders([]).find('toString')).toBeNull()
})

describe('a row', () => {
  it('becomes a provider with the three usual wires', () => {
    const made = createRowProvider(row)
    expect(Object.keys(made.wires)).toEqual(['openai-chat', 'openai-completions', 'openai-embeddings'])
    expect(made.quirks).toEqual({ coldLoad: true, outputCapField: 'max_tokens' })
    expect(createProviders([row]).find('acme_ai')?.id).toBe('acme')
  })

  it('may speak fewer wires', () => {
    expect(createRowProvider({ ...row, wires: ['openai-chat'] }).wires).toEqual({ 'openai-chat': '/chat/completions' })
  })

  it('may send its key in a header of its own, and show the form of an address that is each customer’s own', () => {
    const made = createRowProvider({ ...row, auth: 'x-acme-key', defaultBaseUrl: null, exampleBaseUrl: 'https://<account>.acme.example/v1' })
    expect([made.headers('k'), made.headers(null)]).toEqual([{ 'x-acme-key': 'k' }, {}])
    expect(made.settings[0]).toMatchObject({ name: 'api_base', required: true, placeholder: 'https://<account>.acme.example/v1' })
    expect(createRowProvider({ ...row, auth: 'bearer' }).headers('k')).toEqual({ authorization: 'Bearer k' })
  })

  it('is neither verified nor common unless it says so', () => {
    expect(createRowProvider(row)).toMatchObject({ verified: false, common: false })
    expect(createRowProvider({ ...row, verified: true, common: true })).toMatchObject({ verified: true, common: true })
  })

  it.each([
    [{ ...row, id: 'Has Space' }, 'id'],
    [{ ...row, auth: 'X-Key' }, 'auth'],
    [{ ...row, source: 'hearsay' }, 'source'],
    [{ ...row, verified: 'yes' }, 'verified'],
    [{ ...row, common: 1 }, 'common'],
    [{ ...row, title: '' }, 'title'],
    [{ ...row, local: 'yes' }, 'local'],
    [{ ...row, defaultBaseUrl: 'http://127.0.0.1:9/v1/' }, 'defaultBaseUrl'],
    [{ ...row, defaultBaseUrl: 'file:///x' }, 'defaultBaseUrl'],
    [{ ...row, wires: ['anthropic-messages'] }, 'wires'],
    [{ ...row, quirks: { fast: true } }, 'quirks.fast'],
    [{ ...row, quirks: { outputCapField: 'limit' } }, 'quirks.outputCapField'],
    [{ ...row, quirks: { secondsMin: 'ten' } }, 'quirks.secondsMin'],
    [{ ...row, documentation: { url: 'https://example.com' } }, 'documentation'],
    [{ ...row, aliases: [1] }, 'aliases'],
    ['text', 'object'],
  ])('is refused by the name of what is wrong: %j', (wrong, named) => {
    expect(() => createRowProvider(wrong)).toThrow(named)
  })

  it('cannot take a name that is already somebody else’s', () => {
    expect(() => createProviders([{ ...row, aliases: ['ollama_chat'] }])).toThrow('belongs to Ollama and to Acme')
  })
})
