// What clients ask besides inference, and the gateway answers itself: which models there are, how long a text is, what a kept response was.
// Promises: one for each such route that the gateway lists (speakers.test.ts holds them against each other). Leaves alone: the management API.

import type { SurfaceId } from '../../gateway/contract/request.ts'
import { chats } from '../kit/misbehaving-vendor/misbehaviour.ts'
import { publicModel } from './siege-models.ts'
import { gemini, messages, type Asking, type Body } from './speaker-bodies.ts'
import type { Speaker } from './speakers.ts'

interface Facts {
  readonly surface: SurfaceId
  readonly row: string
  readonly route: string
  readonly method?: string
  readonly open?: true
  readonly body?: (asking: Asking) => Body
}

const lists = 'models, as lists'
const counts = 'token counts'
const kept = 'kept responses'

const answered = ({ surface, row, route, method = 'GET', open, body }: Facts): Speaker => ({
  ...{ surface, row, route, method, dialects: chats, reaches: false, forms: [false], encoding: 'json', open: open === true },
  model: publicModel,
  path: ({ model, keptId }) => route.replace('{model}', encodeURIComponent(model)).replace('{id}', encodeURIComponent(keptId)),
  body: (asking) => body?.(asking) ?? null,
})
const openai = { surface: 'openai', row: lists } as const
const ollama = { surface: 'ollama', row: lists } as const
const google = { surface: 'gemini', row: lists } as const
const ofKept = { surface: 'openai', row: kept, open: true } as const

export const houseSpeakers: readonly [Speaker, ...Speaker[]] = [
  answered({ ...google, route: '/v1beta/models' }),
  ...['/v1', '/cursor', '/cursor/v1'].flatMap((base) => [
    answered({ ...openai, route: `${base}/models` }),
    answered({ ...openai, route: `${base}/models/{model}` }),
  ]),
  answered({ ...google, route: '/v1beta/models/{model}' }),
  ...['/api/tags', '/api/ps', '/api/version'].map((route) => answered({ ...ollama, route })),
  answered({ ...ollama, route: '/api/show', method: 'POST', body: ({ model }) => ({ model }) }),
  answered({ surface: 'gemini', row: counts, route: '/v1beta/models/{model}:countTokens', method: 'POST', body: gemini }),
  answered({ surface: 'anthropic', row: counts, route: '/v1/messages/count_tokens', method: 'POST', body: messages }),
  answered({ ...ofKept, route: '/v1/responses/{id}' }),
  answered({ ...ofKept, route: '/v1/responses/{id}', method: 'DELETE' }),
  answered({ ...ofKept, route: '/v1/responses/{id}/input_items' }),
  answered({ ...ofKept, route: '/v1/responses/{id}/cancel', method: 'POST', body: () => ({}) }),
]
