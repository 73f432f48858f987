// A caller's rerank request becomes the pivot: documents as texts, in either form.
// Promises: a document that has no text to compare is refused by its place. Leaves alone: what comes back (write-reply.ts).
// Source: https://docs.cohere.com/v1/reference/rerank (`documents`, `rank_fields`), as known 2026-11-21.

import type { RerankRequest } from '../../contract/chat.ts'
import { isJsonObject, textOf, type Json, type JsonObject } from '../../contract/json.ts'
import { invalid, optionalBoolean, optionalCount, optionalList, optionalTexts, present, requiredText, rest } from '../fields.ts'

const taken = new Set(['model', 'query', 'documents', 'top_n', 'return_documents', 'rank_fields', 'max_tokens_per_doc', 'max_chunks_per_doc'])
/** What is compared of a document with fields when nothing else is asked for. */
const textField = ['text']

export function readRerank(body: JsonObject): RerankRequest {
  const fields = optionalTexts(body['rank_fields'], 'rank_fields')
  const documents = optionalList(body['documents'], 'documents')
  if (documents.length === 0) throw invalid('documents', 'must not be empty')
  optionalBoolean(body['return_documents'], 'return_documents')
  return {
    operation: 'rerank',
    dialect: 'cohere',
    query: requiredText(body['query'], 'query'),
    documents: documents.map((document, index) => readDocument(document, fields.length === 0 ? textField : fields, `documents[${index}]`)),
    other: rest(body, taken),
    ...(body['max_chunks_per_doc'] === undefined || body['max_chunks_per_doc'] === null ? {} : { lost: ['max_chunks_per_doc'] }),
    ...present({
      resultsMax: optionalCount(body['top_n'], 'top_n'),
      documentTokensMax: optionalCount(body['max_tokens_per_doc'], 'max_tokens_per_doc'),
    }),
  }
}

function readDocument(document: unknown, fields: readonly string[], at: string): string {
  if (typeof document === 'string') return document
  if (!isJsonObject(document)) throw invalid(at, 'must be a text or an object with one')
  const found = fields.flatMap((field): readonly string[] => {
    const value = document[field]
    return value === undefined || value === null ? [] : [fields.length === 1 ? plain(value) : `${field}: ${plain(value)}`]
  })
  if (found.length === 0) throw invalid(at, `must have a text in ${fields.map((field) => `"${field}"`).join(' or ')}`)
  return found.join('\n')
}

const plain = (value: Json): string => textOf(value) ?? JSON.stringify(value)
