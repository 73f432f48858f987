// A vendor that answers with a status other than 200, in its own words, with hints good and bad, and sometimes charges for it.
// Promises: bodies as the dialect words them. Leaves alone: broken heads (heads.ts).

import { everyDialect, type Call, type Misbehaviour } from './misbehaviour.ts'
import { say, sendBody, headText, type Header } from './reply.ts'
import { speechOf } from './speech.ts'

interface Refusal {
  readonly status: string
  readonly type?: string
  readonly message?: (call: Call) => string
  readonly headers?: readonly Header[]
  readonly charges?: Misbehaviour['charges']
  /** Instead of the dialect's own body. */
  readonly body?: { readonly text: string; readonly contentType: string }
}

function refuses(name: string, refusal: Refusal): Misbehaviour {
  const { status, type = 'server_error', headers = [], charges = 'nothing', body } = refusal
  return {
    name,
    appliesTo: everyDialect,
    form: 'both',
    charges,
    usage: 'absent',
    answer: 'refused',
    refuses: true,
    run: async (line, call) => {
      const message = refusal.message?.(call) ?? `the vendor says ${status.slice(4).toLowerCase()}`
      const text = body?.text ?? JSON.stringify(speechOf(call).refusal({ type, message }))
      await sendBody(line, text, { status, headers, contentType: body?.contentType ?? 'application/json' })
    },
  }
}

/** No to the first attempt, uncharged; an honest answer to every further one. */
const failsFirst = (name: string, status: string, type: string): Misbehaviour => ({
  ...refuses(name, { status, charges: 'all' }),
  usage: 'reported',
  sticky: true,
  async run(line, call) {
    if (call.nth > 1) return say(line, call)
    call.waived = true
    await sendBody(line, JSON.stringify(speechOf(call).refusal({ type, message: 'not this time' })), { status })
  },
})

const busy = (name: string, headers: readonly Header[]): Misbehaviour =>
  refuses(`busy-retry-after-${name}`, { status: '429 Too Many Requests', type: 'rate_limit_error', headers })
const caller = { type: 'invalid_request_error' } as const
const html = { text: '<html><body><h1>502 Bad Gateway</h1></body></html>', contentType: 'text/html' }
const echo = (call: Call): string => `Incorrect API key provided: ${call.credential ?? 'none'}. You sent Bearer ${call.credential ?? 'none'}.`

export const statusMisbehaviours: readonly Misbehaviour[] = [
  refuses('status-400', { status: '400 Bad Request', ...caller }),
  refuses('status-401', { status: '401 Unauthorized', type: 'authentication_error' }),
  refuses('status-403', { status: '403 Forbidden', type: 'permission_error' }),
  refuses('status-404', { status: '404 Not Found', type: 'not_found_error' }),
  refuses('status-408', { status: '408 Request Timeout', ...caller }),
  refuses('status-409', { status: '409 Conflict', ...caller }),
  refuses('status-413', { status: '413 Content Too Large', type: 'request_too_large' }),
  refuses('status-422', { status: '422 Unprocessable Entity', ...caller }),
  refuses('status-500', { status: '500 Internal Server Error' }),
  refuses('status-502', { status: '502 Bad Gateway' }),
  refuses('status-503', { status: '503 Service Unavailable' }),
  refuses('status-504', { status: '504 Gateway Timeout' }),
  refuses('status-529', { status: '529 Overloaded', type: 'overloaded_error' }),
  refuses('status-999', { status: '999 Whatever' }),
  busy('absent', []),
  busy('seconds', [['retry-after', '1']]),
  busy('date', [['retry-after', 'Wed, 21 Oct 2037 07:28:00 GMT']]),
  busy('negative', [['retry-after', '-5']]),
  busy('huge', [['retry-after', '1000000000']]),
  busy('garbage', [['retry-after', 'soon; or: later']]),
  busy('twice', [
    ['retry-after', '1'],
    ['retry-after', '900'],
  ]),
  refuses('credential-in-a-401', { status: '401 Unauthorized', type: 'authentication_error', message: echo }),
  refuses('credential-in-a-400', { status: '400 Bad Request', ...caller, message: echo }),
  refuses('credential-in-a-500', { status: '500 Internal Server Error', message: echo }),
  refuses('html-with-status-502', { status: '502 Bad Gateway', body: html }),
  refuses('html-called-json-with-status-500', { status: '500 Internal Server Error', body: { ...html, contentType: 'application/json' } }),
  refuses('empty-500', { status: '500 Internal Server Error', body: { text: '', contentType: 'application/json' } }),
  {
    ...refuses('odd-json-with-status-400', {
      status: '400 Bad Request',
      body: { text: '{"error":{"message":{"a":1},"code":[]}}', contentType: 'application/json' },
    }),
    answer: 'unclear',
  },
  refuses('huge-error-body', { status: '500 Internal Server Error', message: () => 'no '.repeat(300_000) }),
  refuses('charged-500', { status: '500 Internal Server Error', charges: 'input' }),
  refuses('charged-503', { status: '503 Service Unavailable', charges: 'all' }),
  refuses('redirect-302', { status: '302 Found', headers: [['location', 'http://192.0.2.1/tainted']] }),
  refuses('redirect-307', { status: '307 Temporary Redirect', headers: [['location', '/v1/elsewhere']] }),
  {
    ...refuses('no-content-204', { status: '204 No Content' }),
    async run(line) {
      line.complete = true
      await line.write(headText('204 No Content', []))
    },
  },
  {
    ...refuses('accepted-202', { status: '202 Accepted' }),
    charges: 'all',
    usage: 'reported',
    answer: 'unclear',
    run: async (line, call) => say(line, call, { status: '202 Accepted' }),
  },
  failsFirst('fails-first', '503 Service Unavailable', 'server_error'),
  // Not worth a retry: the next attempt goes to a fallback.
  failsFirst('refuses-first', '400 Bad Request', 'invalid_request_error'),
]
