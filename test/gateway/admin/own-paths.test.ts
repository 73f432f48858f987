// Paths of the administrator's own through the API: what the vault and the ledger's one setting hold of them.
// Promises: no secret is in an answer or in what is stored; a secret that nothing names is gone. Leaves alone: calls by them (journeys).

import { describe, expect, it } from 'vitest'
import { parseOwnPath } from '../../../gateway/intake/parse-own-path.ts'
import { createOwnPathBook } from '../../../gateway/intake/own-path-book.ts'
import { secret } from '../../../gateway/contract/sealed.ts'
import type { Json } from '../../../gateway/contract/json.ts'
import { toJson } from '../../../gateway/intake/values.ts'
import { createWorld } from './world.ts'

const literal = 'sk-written-out-in-the-call'
const entry = { path: '/mine', target: 'https://example.com/x', headers: { Authorization: `Bearer ${literal}`, 'x-plain': 'text' }, cost_per_request: 0.01 }

describe('an entry with a secret written out', () => {
  it('keeps a reference, and is the same after a restart', async () => {
    const kept = new Map<string, string>()
    const keepSecret = (slot: string, value: { open(): string }): Promise<string> => {
      kept.set(slot, value.open())
      return Promise.resolve(`keychain/${slot}`)
    }
    const own = await parseOwnPath(entry, { id: 'one', keepSecret, whyTaken: () => null })
    expect([...kept]).toEqual([['own-path/one/authorization', literal]])
    expect(own.headers).toEqual({ authorization: { text: 'Bearer ', ref: 'keychain/own-path/one/authorization' }, 'x-plain': { text: 'text', ref: null } })
    const saved: Json[] = []
    const store = { saveSetting: (_name: string, value: Json) => Promise.resolve(void saved.push(value)) }
    const book = createOwnPathBook({ file: [], stored: undefined, store })
    await book.put(own)
    expect(JSON.stringify(saved)).not.toContain(literal)
    const again = createOwnPathBook({ file: [], stored: toJson(JSON.parse(JSON.stringify(saved.at(-1)))), store })
    expect(again.list()).toEqual([own])
    await again.remove('one')
    expect(saved.at(-1)).toEqual([])
  })
  it('keeps nothing when the entry is refused', async () => {
    const keepSecret = (): Promise<string> => Promise.reject(new Error('nothing was to be kept'))
    const refused = parseOwnPath({ ...entry, methods: [] }, { id: 'one', keepSecret, whyTaken: () => null })
    await expect(refused).rejects.toThrow('methods must be a list of')
    await expect(parseOwnPath(entry, { id: 'one', keepSecret, whyTaken: () => '/mine is taken' })).rejects.toThrow('path cannot be used: /mine is taken')
  })
  it('gives way to the file’s entry at the same path', () => {
    const own = {
      id: 'a',
      path: '/mine',
      target: 'https://example.com',
      headers: {},
      query: {},
      includesBelow: false,
      costUsd: null,
      timeoutMs: null,
      methods: [],
    }
    const book = createOwnPathBook({ file: [{ ...own, id: 'file_a' }], stored: [own], store: { saveSetting: () => Promise.resolve() } })
    expect(book.list().map(({ id }) => id)).toEqual(['file_a'])
    expect([book.isFromFile('file_a'), book.isFromFile('a')]).toEqual([true, false])
  })
})

describe('a secret that somebody else still uses', () => {
  it('stays in the vault when the path that names it goes, and goes with its last user', async () => {
    const { deps, post, ask, vaultSecrets } = await createWorld()
    await post('/credentials', {
      credential_name: 'openai',
      credential_values: { api_key: literal },
      credential_info: { custom_llm_provider: 'openai' },
    })
    const shared = 'keychain/credential/openai'
    const mine = { path: '/mine', target: 'https://example.com/x', headers: { Authorization: `Bearer ${shared}` } }
    for (const path of ['/mine', '/other']) await post('/config/pass_through_endpoint', { ...mine, path })
    const idOf = (path: string): string => deps.ownPaths.list().find((own) => own.path === path)?.id ?? ''
    await ask('DELETE', `/config/pass_through_endpoint?endpoint_id=${idOf('/mine')}`)
    expect(vaultSecrets.get(shared)?.open()).toBe(literal)
    await ask('DELETE', '/credentials/openai')
    expect(vaultSecrets.get(shared)?.open()).toBe(literal)
    await ask('DELETE', `/config/pass_through_endpoint?endpoint_id=${idOf('/other')}`)
    expect(vaultSecrets.has(shared)).toBe(false)
  })

  it('stays for the configuration file, whose entries nobody deletes here', async () => {
    const shared = 'keychain/credential/openai'
    const { post, ask, vaultSecrets } = await createWorld({
      fileDeployments: [{ model_name: 'f', litellm_params: { model: 'openai/gpt-4o', api_key: shared } }],
    })
    vaultSecrets.set(shared, secret(literal))
    const own = { path: '/mine', target: 'https://example.com/x', headers: { Authorization: `Bearer ${shared}` } }
    const { endpoints } = await post('/config/pass_through_endpoint', own)
    const [{ id } = { id: '' }] = endpoints as { id: string }[]
    await ask('DELETE', `/config/pass_through_endpoint?endpoint_id=${id}`)
    expect(vaultSecrets.get(shared)?.open()).toBe(literal)
  })
})
