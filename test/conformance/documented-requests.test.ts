// What each verified provider is sent, held against the example its vendor documents.
// Promises: "verified" is shown here and nowhere else: a provider says so exactly when it has a fixture, and every fixture is compared.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createProviders } from '../../gateway/providers/index.ts'
import { documentedKey, readDocumented, sendDocumented } from '../kit/documented-request.ts'

const rows: unknown = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../resources/providers.json'), 'utf8'))
const providers = createProviders(rows)
const documented = readDocumented()
const documentedIds = [...new Set(documented.map((one) => one.id))]

it('a provider is marked verified exactly when its documented request is here', () => {
  const marked = providers.all.filter((provider) => provider.verified === true).map((provider) => provider.id)
  expect(marked.sort()).toEqual(documentedIds.sort())
})

it('at least 100 providers are listed and 60 of them verified, and people read the true figures', () => {
  expect(providers.all.length).toBeGreaterThanOrEqual(100)
  expect(documentedIds.length).toBeGreaterThanOrEqual(60)
  const readme = readFileSync(path.join(import.meta.dirname, '../../README.md'), 'utf8')
  const figures = /(\d+) providers are built in, (\d+) engines on your own computer among them; (\d+) are verified/.exec(readme)
  expect(figures?.slice(1).map(Number)).toEqual([providers.all.length, providers.all.filter((provider) => provider.local).length, documentedIds.length])
})

describe.each(documented)('$name', (one) => {
  it('is sent what its documentation shows: method, address, key and body', async () => {
    const { method, url, headers, body } = one.request
    const sent = await sendDocumented(one, providers)
    expect(sent.method).toBe(method)
    // An engine on this computer is called at an address, not at a name that may mean another one.
    expect(sent.url).toBe(url.replace('//localhost:', '//127.0.0.1:'))
    // What a stream has used is asked for on top, wherever the vendor knows how to say it.
    const asked = providers.find(one.id)?.quirks.noStreamUsage === true || body['stream'] !== true ? {} : { stream_options: { include_usage: true } }
    expect(sent.body).toEqual({ ...body, ...asked })
    for (const [name, value] of Object.entries(headers)) expect(sent.headers[name]).toBe(value.replace('<key>', documentedKey))
    const carrying = Object.keys(sent.headers).filter((name) => sent.headers[name]?.includes(documentedKey) === true)
    expect(carrying).toEqual(Object.keys(headers).filter((name) => headers[name]?.includes('<key>') === true))
  })

  it('names the page it was transcribed from and the day', () => {
    expect(one.source).toMatch(/^https:\/\//)
    expect(one.checked).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  })
})
