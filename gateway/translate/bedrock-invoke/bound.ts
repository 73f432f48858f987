// What bounds the cost of an InvokeModel request before any model sees it.
// Promises: what a family's body can cost, as far as the family is known; of any other that nothing bounds it. Leaves alone: prices.

import type { JsonObject } from '../../contract/json.ts'
import type { RequestBound, SentBody } from '../../contract/wire.ts'
import { boundMessages } from '../anthropic-messages/bound.ts'
import { boundConverse } from '../bedrock-converse/bound.ts'
import { formOfRequest } from './forms.ts'

const nothing: RequestBound = { mediaBytes: 0, images: 0, files: 0, outputTokensMax: 0, choices: 1, unbounded: [] }

export function boundInvoke(body: JsonObject, sent?: SentBody): RequestBound {
  const bound = boundBody(body)
  // What is asked for in headers is billed apart.
  return { ...bound, unbounded: [...bound.unbounded, ...Object.keys(sent?.headers ?? {})] }
}

function boundBody(body: JsonObject): RequestBound {
  switch (formOfRequest(body)) {
    case 'messages': {
      const { hosted, ...bound } = boundMessages(body)
      return { ...bound, unbounded: [...bound.unbounded, ...(hosted?.names ?? [])] }
    }
    case 'converse':
      return boundConverse(body)
    case 'embedding':
      return Array.isArray(body['images']) || body['inputs'] !== undefined ? { ...nothing, unbounded: ['images'] } : nothing
    case 'unknown':
      return { ...nothing, outputTokensMax: undefined, unbounded: ['a body of a form that is not known here'] }
  }
}
