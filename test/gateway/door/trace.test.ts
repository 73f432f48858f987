// Tags of a request: from its body and its header, bounded, and the key's own before them.
// Promises: what is kept is what budgets are asked for. Leaves alone: other trace facts (journeys).

import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../../../gateway/contract/json.ts'
import { tagsMax, withTags } from '../../../gateway/contract/request.ts'
import { readTrace } from '../../../gateway/door/trace.ts'

const tagsOf = (body: JsonObject, header?: string): readonly string[] => {
  const request = { headers: header === undefined ? {} : { 'x-litellm-tags': header }, socket: {} } as unknown as IncomingMessage
  return readTrace(request, body).tags
}

describe('tags', () => {
  it('come from the body’s metadata, then from the header, each once', () => {
    expect(tagsOf({ metadata: { tags: ['b', 'a', 'b'] } }, 'a, c ,, d')).toEqual(['b', 'a', 'c', 'd'])
    expect(tagsOf({})).toEqual([])
  })
  it('are texts of a bounded length and number', () => {
    expect(tagsOf({ metadata: { tags: [1, null, '', ' ', 'x'.repeat(300), 'a\nb'] } })).toEqual(['x'.repeat(100), 'ab'])
    expect(tagsOf({ metadata: { tags: Array.from({ length: 50 }, (_, index) => `t${index}`) } })).toHaveLength(tagsMax)
    expect(tagsOf({ metadata: { tags: 'prod' } })).toEqual([])
  })
  it('of the key cannot be pushed out by the caller’s', () => {
    const trace = readTrace({ headers: {}, socket: {} } as unknown as IncomingMessage, {
      metadata: { tags: Array.from({ length: 50 }, (_, index) => `t${index}`) },
    })
    const tags = withTags(trace, ['prod']).tags
    expect([tags[0], tags.length]).toEqual(['prod', tagsMax])
    expect(withTags(trace, [])).toBe(trace)
  })
})

describe('the end user', () => {
  const endUserOf = (body: JsonObject, headers: Record<string, string> = {}): string | null =>
    readTrace({ headers, socket: {} } as unknown as IncomingMessage, body).endUser

  it('is named by a header, else by the body’s user, else by its metadata', () => {
    const metadata = { user_id: 'm' }
    expect(endUserOf({ user: 'b', metadata }, { 'x-litellm-end-user-id': 'h' })).toBe('h')
    expect(endUserOf({ user: 'b', metadata })).toBe('b')
    expect(endUserOf({ metadata })).toBe('m')
  })
  it('is nobody where an agent put its device and session', () => {
    expect(endUserOf({ metadata: { user_id: '{"device_id":"d","session_id":"s"}' } })).toBeNull()
  })
})
