// The vendor speaking OpenAI's Responses.
// Promises: the ladder of events that a strict client of the dialect waits for; usage stands in a response object. Leaves alone: misbehaving.
// Source: https://platform.openai.com/docs/api-reference/responses-streaming, as known 2026-11-21.

import type { Call } from './misbehaviour.ts'
import { piece, type Piece, type Report, type Saying, type Speech } from './saying.ts'

type Fields = Record<string, unknown>

const sse = (type: string, fields: Fields): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`

const usageOf = ({ prompt, cached, completion, total }: Report): Fields => ({
  input_tokens: prompt,
  input_tokens_details: { cached_tokens: cached },
  output_tokens: completion,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: total,
})

const messageId = 'msg_of_the_vendor'
const part = (text: string): Fields => ({ type: 'output_text', text, annotations: [] })
const message = (status: string, content: readonly unknown[]): Fields => ({ id: messageId, type: 'message', status, role: 'assistant', content })

function response(
  call: Call,
  status: string,
  { output, report }: { readonly output: readonly unknown[]; readonly report?: Report | null | undefined },
): Fields {
  const usage = report === undefined || report === null ? null : usageOf(report)
  return {
    id: `resp_${call.marker ?? 'vendor'}_${call.nth}`,
    object: 'response',
    created_at: 1,
    status,
    error: null,
    incomplete_details: null,
    model: call.model,
    output,
    usage,
  }
}

function pieces(call: Call, saying: Saying): readonly Piece[] {
  const text = call.words.join('')
  const place = { item_id: messageId, output_index: 0, content_index: 0 }
  const begun = (report?: Report | null): Piece => piece(sse('response.in_progress', { response: response(call, 'in_progress', { output: [], report }) }))
  const [last, ...earlier] = saying.end.toReversed()
  const done = message('completed', [part(text)])
  const ended = (report: Report | undefined): Piece => piece(sse('response.completed', { response: response(call, 'completed', { output: [done], report }) }))
  return [
    piece(sse('response.created', { response: response(call, 'in_progress', { output: [], report: saying.startShown === true ? saying.start : null }) })),
    piece(sse('response.output_item.added', { output_index: 0, item: message('in_progress', []) })),
    piece(sse('response.content_part.added', { ...place, part: part('') })),
    ...call.words.flatMap((word, index) => [
      piece(sse('response.output_text.delta', { ...place, delta: word }), 1),
      ...(saying.each === undefined ? [] : [begun(saying.each(index + 1))]),
    ]),
    piece(sse('response.output_text.done', { ...place, text })),
    piece(sse('response.content_part.done', { ...place, part: part(text) })),
    piece(sse('response.output_item.done', { output_index: 0, item: done })),
    ...earlier.toReversed().map((report) => begun(report)),
    ended(last),
    ...(saying.late === undefined ? [] : [ended(saying.late)]),
  ]
}

export const responsesSpeech: Speech = {
  streamType: 'text/event-stream',
  pieces,
  whole: (call, report) => response(call, 'completed', { output: [message('completed', [part(call.words.join(''))])], report }),
  refusal: ({ type, message: text }) => ({ error: { message: text, type, param: null, code: null } }),
  brokenOff: (text) => sse('error', { code: 'server_error', message: text, param: null }),
}
