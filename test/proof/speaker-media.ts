// Bodies that are right for pictures, sound, moderation and rankings, JSON and forms.
// Promises: a form's files are named here and put in when it is packed, so that a body stays small and can be changed like any other.
// Leaves alone: where a body is sent (speakers.ts).

import { field, form, type Part } from '../kit/media-scene.ts'
import { wave } from '../kit/media-vendor.ts'
import { pixel, type Asking, type Body } from './speaker-bodies.ts'

export const images = ({ model, text, stream }: Asking): Body => ({ model, stream, prompt: text, n: 1, size: '1024x1024' })
export const imageEdits = ({ model, text, stream }: Asking): Body => ({
  model,
  prompt: text,
  n: '1',
  image: { file: 'picture', name: 'a.png', type: 'image/png' },
  ...(stream ? { stream: 'true' } : {}),
})
export const speech = ({ model, text, stream }: Asking): Body => ({ model, input: text, voice: 'alloy', ...(stream ? { stream_format: 'sse' } : {}) })
export const transcription = ({ model, text, stream }: Asking): Body => ({
  model,
  prompt: text,
  file: { file: 'recording', name: 'talk.wav', type: 'audio/wav' },
  ...(stream ? { stream: 'true' } : {}),
})
export const translation = ({ model, text }: Asking): Body => ({ model, prompt: text, file: { file: 'recording', name: 'talk.wav', type: 'audio/wav' } })
export const moderation = ({ model, text, picture }: Asking): Body => ({
  model,
  input: picture
    ? [
        { type: 'text', text },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
      ]
    : [text, 'and this'],
})
export const ranking = ({ model, text }: Asking): Body => ({ model, query: text, documents: ['zero', 'one', 'two'], top_n: 2 })

const files: ReadonlyMap<unknown, Buffer> = new Map([
  ['picture', Buffer.from(pixel, 'base64')],
  ['recording', wave(1).subarray(0, 4000)],
])

/** Whatever the members have become by then. */
export function packForm(body: unknown): Buffer {
  const members = typeof body === 'object' && body !== null ? Object.entries(body) : []
  return form(members.flatMap(([name, value]) => (Array.isArray(value) ? value.map((one) => toPart(`${name}[]`, one)) : [toPart(name, value)])))
}

function toPart(name: string, value: unknown): Part {
  if (typeof value !== 'object' || value === null || !('file' in value)) return field(name, typeof value === 'string' ? value : (JSON.stringify(value) ?? ''))
  const { file, name: filename, type } = value as Body
  const head = `content-disposition: form-data; name="${name}"; filename="${String(filename)}"\r\ncontent-type: ${String(type)}`
  return [head, files.get(file) ?? Buffer.from(String(file))]
}
