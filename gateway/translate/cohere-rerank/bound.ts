// What a rerank request can at most cost: a query is read once per document, and Cohere sells searches in units of up to 100 pieces of text.
// Promises: never less than what a vendor bills for it. Leaves alone: prices.
// Source: https://cohere.com/pricing ("search unit"), https://docs.voyageai.com/docs/faq (total tokens of the rerankers), as known 2026-11-21.

import { isJsonObject, listOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { RequestBound } from '../../contract/wire.ts'

/** One search unit: a query with so many documents, or pieces of documents. */
const piecesPerUnit = 100
/** A document beyond this, the query included, is taken as several. */
const pieceTokens = 500
/** Marks that a model puts around each pair of query and document. */
const pairTokens = 8

export function boundRerank(body: JsonObject): RequestBound {
  const query = Buffer.byteLength(textOf(body['query']) ?? '')
  const documents = listOf(body['documents'])
  // Of a long query nobody says how it is counted; then each token of a document may be a piece.
  const room = Math.max(1, pieceTokens - query)
  const pieces = documents.reduce<number>((sum, document) => sum + Math.max(1, Math.ceil(bytesOf(document) / room)), 0)
  return {
    mediaBytes: 0,
    images: 0,
    files: 0,
    outputTokensMax: 0,
    choices: 1,
    repeatedBytes: documents.length * (query + pairTokens),
    calls: Math.max(1, Math.ceil(pieces / piecesPerUnit)),
    unbounded: [],
  }
}

const bytesOf = (document: unknown): number =>
  typeof document === 'string' ? Buffer.byteLength(document) : isJsonObject(document) ? Buffer.byteLength(JSON.stringify(document)) : 0
