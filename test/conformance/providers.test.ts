// The same promises for every provider on the shelf and every row of data.
// Promises: a new provider is covered without a line here.

import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { wireIds } from '../../gateway/contract/request.ts'
import { createProviders } from '../../gateway/providers/index.ts'
import { wires } from '../../gateway/translate/index.ts'
import { readRecordings } from './recordings.ts'

const rows: unknown = JSON.parse(readFileSync(path.join(import.meta.dirname, '../../resources/providers.json'), 'utf8'))
const providers = createProviders(rows)
const recordings = readRecordings()

describe.each(providers.all)('$id', (provider) => {
  it('is found by its id and by every alias', () => {
    for (const name of [provider.id, ...provider.aliases]) expect(providers.find(name)).toBe(provider)
    expect(provider.id).toMatch(/^[a-z][a-z0-9_]*$/)
  })

  it('speaks known wires, at paths below its base URL, each with recordings', () => {
    const spoken = wireIds.filter((id) => provider.wires[id] !== undefined)
    expect(spoken.length).toBe(Object.keys(provider.wires).length)
    expect(spoken.length).toBeGreaterThan(0)
    for (const id of spoken) {
      // `{model}` is the vendor's own name, `:verb` Google's way to name a method; any other place has a default.
      const places = Object.keys(provider.ownParams ?? {}).reduce((path, name) => path.replace(`{${name}}`, '1'), provider.wires[id] ?? '')
      expect(places).toMatch(/^\/(?:[a-z0-9/_-]|\{model\})+(?::[a-zA-Z]+)?(?:\?[a-z-]+=\d)?$/)
      expect(provider.streamPaths?.[id] ?? places).toMatch(/^\/(?:[a-z0-9/_-]|\{model\})+(?::[a-zA-Z]+)?(?:\?[a-z-]+=[a-z\d]+)?$/)
      expect(recordings.some((recording) => recording.wire === id)).toBe(true)
      expect(wires[id].outbound).toBeDefined()
    }
  })

  it('has a base URL without a slash at its end, on https unless it runs here', () => {
    if (provider.defaultBaseUrl === null && provider.addressOf !== undefined) expect(provider.addressOf({})).toBeNull()
    else if (provider.defaultBaseUrl === null) expect(provider.settings.some((field) => field.name === 'api_base' && field.required)).toBe(true)
    else expect(provider.defaultBaseUrl).toMatch(provider.local ? /^https?:\/\/[^/]+(\/.*[^/])?$/ : /^https:\/\/[^/]+(\/.*[^/])?$/)
    if (provider.keyVariable !== null) expect(provider.keyVariable).toMatch(/^[A-Za-z_]\w*$/)
    if (provider.needsKey) expect(provider.settings.some((field) => field.kind === 'secret' && field.required)).toBe(true)
  })

  it('puts a secret into exactly one header and none where there is none', () => {
    const values = Object.values(provider.headers('sk-secret-1'))
    expect(values.filter((value) => value.includes('sk-secret-1'))).toHaveLength(1)
    const bare = provider.headers(null)
    expect(Object.keys(bare)).not.toContain('authorization')
    expect(Object.keys(bare)).not.toContain('x-api-key')
    for (const name of Object.keys(provider.headers('x'))) expect(name).toBe(name.toLowerCase())
  })

  it('reads its model list without throwing, whatever comes', () => {
    for (const body of [null, 'text', [], {}, { data: [null, {}, { id: 7 }] }, { models: 'no' }]) expect(provider.modelList?.read(body) ?? []).toEqual([])
  })

  it('names its documentation with the day it was read', () => {
    expect(provider.documentation.url).toMatch(/^https:\/\//)
    expect(provider.documentation.checked).toMatch(/^\d{4}-\d{2}-\d{2}$/)
  })
})
