// Content blocks of a Messages body to the pivot's parts: text, images, documents, search results.
// Promises: everything a model would have read is kept or refused by its place. Leaves alone: calls, results and reasoning (read-turns.ts).
// Source: https://platform.claude.com/docs/en/build-with-claude/vision, …/pdf-support, …/search-results, as known 2026-11-21.

import type { ContentPart, MediaSource } from '../../contract/chat.ts'
import type { JsonObject } from '../../contract/json.ts'
import { invalid, optionalList, optionalObject, optionalText, present, requiredText } from '../fields.ts'
import { asImage } from '../image-type.ts'

/** `one`: the list holds a single block, and `at` is already its place. */
export function readParts(content: unknown, at: string, place?: 'one'): readonly ContentPart[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  if (!Array.isArray(content)) throw invalid(at, 'must be a string or a list of blocks')
  return content.flatMap((value: unknown, index) => {
    const here = place === 'one' ? at : `${at}[${index}]`
    const block = optionalObject(value, here)
    if (block === undefined) throw invalid(here, 'must be an object')
    return readPart(block, here)
  })
}

function readPart(block: JsonObject, at: string): readonly ContentPart[] {
  const cacheControl = present({ cacheControl: optionalObject(block['cache_control'], `${at}.cache_control`) })
  switch (block['type']) {
    case 'text':
      return [{ type: 'text', text: optionalText(block['text'], `${at}.text`) ?? '', ...cacheControl }]
    case 'image':
      return [{ type: 'image', source: asImage(readSource(block['source'], `${at}.source`)), ...cacheControl }]
    case 'document':
      return readDocument(block, at).map((part) => ({ ...part, ...cacheControl }))
    case 'search_result':
      return readSearchResult(block, at)
    case 'tool_reference':
      return [{ type: 'text', text: requiredText(block['tool_name'], `${at}.tool_name`) }]
    default:
      throw invalid(`${at}.type`, "is of a kind that cannot be translated for this model's provider")
  }
}

function readSource(value: unknown, at: string): MediaSource {
  const source = optionalObject(value, at) ?? {}
  switch (source['type']) {
    case 'base64':
      return { kind: 'base64', mediaType: requiredText(source['media_type'], `${at}.media_type`), data: requiredText(source['data'], `${at}.data`) }
    case 'url':
      return { kind: 'url', url: requiredText(source['url'], `${at}.url`) }
    case 'file':
      throw invalid(`${at}.file_id`, 'refers to a file stored at one vendor and cannot be translated; send its content')
    default:
      throw invalid(`${at}.type`, 'must be one of base64, url, text, content')
  }
}

/** Text goes as text under its title: other vendors take no plain text as a file. */
function readDocument(block: JsonObject, at: string): readonly ContentPart[] {
  const title = optionalText(block['title'], `${at}.title`)
  const source = optionalObject(block['source'], `${at}.source`) ?? {}
  const heading: readonly ContentPart[] = title === undefined ? [] : [{ type: 'text', text: title }]
  if (source['type'] === 'text') return [...heading, { type: 'text', text: optionalText(source['data'], `${at}.source.data`) ?? '' }]
  if (source['type'] === 'content') return [...heading, ...readParts(source['content'], `${at}.source.content`)]
  return [{ type: 'file', source: readSource(source, `${at}.source`), ...present({ name: title }) }]
}

function readSearchResult(block: JsonObject, at: string): readonly ContentPart[] {
  const title = optionalText(block['title'], `${at}.title`) ?? ''
  const source = optionalText(block['source'], `${at}.source`) ?? ''
  return [{ type: 'text', text: `${title} (${source})` }, ...readParts(optionalList(block['content'], `${at}.content`), `${at}.content`)]
}
