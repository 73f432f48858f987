// Cohere's rerank: a caller's documents as texts, rankings back in Cohere's form, and what a call can come to.
// Promises: what a caller gets of a document is its own; a bound is never below what a vendor can count.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import type { WriterOptions } from '../../../gateway/contract/wire.ts'
import { createTextTally } from '../../../gateway/kit/text-tally.ts'
import { cohereRerank } from '../../../gateway/translate/cohere-rerank/cohere-rerank.ts'
import { seed } from '../../conformance/recordings.ts'

const { inbound, pass } = cohereRerank
if (inbound === undefined || pass === undefined) throw new Error('callers speak it')
const target = { model: 'up', stream: false, outputTokensMax: 0, settings: {}, quirks: {} }
const asked = { model: 'm', query: 'q', documents: ['a', { text: 'b', title: 't' }], top_n: 1, max_tokens_per_doc: 9, priority: 2 }

describe('a request', () => {
  const pivot = inbound.read(asked)

  it('is written for Cohere with everything it has a word for', () => {
    const { body, dropped } = cohereRerank.outbound.write?.(pivot, target) ?? { body: {}, dropped: ['not written'] }
    expect(body).toEqual({ model: 'up', query: 'q', documents: ['a', 'b'], top_n: 1, max_tokens_per_doc: 9, priority: 2 })
    expect(dropped).toEqual([])
  })

  it('is compared by the fields it names, in their order', () => {
    const documents = [{ title: 'T', text: 'x', year: 1999 }]
    expect(inbound.read({ ...asked, documents, rank_fields: ['year', 'title'] })).toMatchObject({ documents: ['year: 1999\ntitle: T'] })
    expect(inbound.read({ ...asked, documents, rank_fields: ['title'] })).toMatchObject({ documents: ['T'] })
    expect(inbound.read({ ...asked, documents, max_chunks_per_doc: 3 })).toMatchObject({ lost: ['max_chunks_per_doc'] })
  })

  it.each([
    [{ query: undefined }, 'query'],
    [{ documents: [] }, 'documents must not be empty'],
    [{ documents: ['a', 7] }, 'documents[1]'],
    [{ documents: [{ title: 'only' }] }, 'documents[0] must have a text in "text"'],
    [{ documents: 'a' }, 'documents must be a list'],
    [{ top_n: 0 }, 'top_n'],
    [{ return_documents: 'yes' }, 'return_documents'],
  ])('is refused by the field that is wrong: %j', (change, said) => {
    expect(() => inbound.read({ ...asked, ...change })).toThrow(said)
  })

  it('passes to Cohere unless it is of the older form', () => {
    const takes = (body: object): boolean => pass.takes?.(body as JsonObject) ?? true
    expect(takes({ query: 'q', documents: ['a'], top_n: 3, return_documents: null })).toBe(true)
    for (const older of [{ return_documents: false }, { rank_fields: ['x'] }, { max_chunks_per_doc: 1 }, { documents: ['a', { text: 'b' }] }])
      expect(takes({ query: 'q', documents: ['a'], ...older })).toBe(false)
  })

  it('passes with the vendor’s model name and nothing else changed', () => {
    const raw = Buffer.from('{ "model":"m", "documents" : ["\\u00e9"],"query":"q", "top_n":1e0}')
    const edited = pass.edit(raw, JSON.parse(raw.toString()) as JsonObject, { model: 'up', askUsage: false, quirks: {}, defaults: {} })
    expect(Buffer.from(edited.body).toString()).toBe(raw.toString().replace('"m"', '"up"'))
  })
})

describe('a reply', () => {
  const options = (request: object): WriterOptions => ({ id: 'ID', model: 'm', createdS: 0, request: request as JsonObject })
  const answer = (reply: unknown, request: object): JsonObject => inbound.writeWhole(cohereRerank.outbound.readWhole(reply), options(request))

  it('is best first, cut to what was asked for, with the caller’s own documents', () => {
    const rows = [
      { index: 0, score: 0.2 },
      { index: 2, score: 0.9 },
      { index: 1, score: 0.5 },
      { index: 7, score: 1 },
    ]
    const request = { documents: ['a', { text: 'b', id: 5 }, 'c'], top_n: 2, return_documents: true }
    expect(answer(rows, request)).toEqual({
      id: 'ID',
      results: [
        { index: 2, relevance_score: 0.9, document: { text: 'c' } },
        { index: 1, relevance_score: 0.5, document: { text: 'b', id: 5 } },
      ],
      meta: { billed_units: {} },
    })
  })

  it('says tokens where its vendor counts tokens, and search units where it sells those', () => {
    const results = [{ index: 0, relevance_score: 0.5 }]
    expect(answer({ results, usage: { total_tokens: 12 } }, { documents: ['a'] })['meta']).toEqual({
      billed_units: { total_tokens: 12 },
      tokens: { input_tokens: 12, output_tokens: 0 },
    })
    expect(answer({ results, meta: { billed_units: { search_units: 3 } } }, { documents: ['a'] })['meta']).toEqual({
      billed_units: { search_units: 3 },
    })
  })

  it.each([[null], [{}], [{ results: [] }], [{ results: [{ index: -1, relevance_score: 1 }] }], [[{ index: 0, score: 'high' }]]])(
    'without rankings is an error: %j',
    (reply) => {
      expect(cohereRerank.outbound.readWhole(reply)).toMatchObject([{ type: 'error' }])
    },
  )

  it('that passes shows its search units, or that it is none', () => {
    const facts = pass.readFacts({ id: 'x', results: [], meta: { billed_units: { search_units: 2 } } }, createTextTally())
    expect(facts).toMatchObject({ usage: { meters: { calls: 2 }, provenance: 'reported' }, upstreamId: 'x', error: null })
    expect(pass.readFacts({ message: 'no' }, createTextTally()).error).not.toBeNull()
  })
})

describe('the bound', () => {
  /** As Cohere counts: documents in pieces of 500 tokens with the query, a hundred of them a unit; here for any tokens shorter than the bytes. */
  const unitsOf = (query: number, documents: readonly number[]): number =>
    Math.ceil(documents.reduce((sum, tokens) => sum + Math.max(1, Math.ceil(tokens / Math.max(1, 500 - query))), 0) / 100)

  it('covers search units and tokens, however few bytes a token has', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 3000 })
    fc.assert(
      fc.property(text, fc.array(text, { minLength: 1, maxLength: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), (query, documents, share) => {
        const tokens = (one: string): number => Math.floor(Buffer.byteLength(one) * share)
        const body = { query, documents }
        const bound = inbound.bound(body)
        expect(bound.calls).toBeGreaterThanOrEqual(unitsOf(tokens(query), documents.map(tokens)))
        const read = documents.reduce((sum, one) => sum + tokens(one) + tokens(query) + 4, 0)
        expect(Buffer.byteLength(JSON.stringify(body)) + (bound.repeatedBytes ?? 0)).toBeGreaterThanOrEqual(read)
      }),
      { seed, numRuns: 200 },
    )
  })

  it('is one unit for a hundred short documents and two for one more', () => {
    const units = (count: number): number | undefined => inbound.bound({ query: 'q', documents: Array.from({ length: count }, () => 'short') }).calls
    expect([units(1), units(100), units(101), units(1000)]).toEqual([1, 1, 2, 10])
    expect(inbound.bound({ query: 5, documents: 'odd' }).calls).toBe(1)
  })
})
