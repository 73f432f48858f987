// OpenAI's routes for pictures, sound and moderation. Recordings and pictures come as forms.
// Promises: a form's `stream` is true or false in words; what streams by another field (speech) is asked for by that.
// Leaves alone: bodies (translate/openai-media). Source: https://platform.openai.com/docs/api-reference (images, audio, moderations), as known 2026-11-21.

import type { Json, JsonObject } from '../../contract/json.ts'
import { askedInBody, type Asked, type Operated } from './surface.ts'

const words: Readonly<Record<string, boolean>> = { true: true, false: false }
/** Text that is neither is refused where the request is made. */
const truthOf = (value: Json): Json => (typeof value === 'string' ? (words[value.toLowerCase()] ?? value) : value)
const askedInForm = (json: JsonObject): Asked => ({ model: json['model'], stream: truthOf(json['stream'] ?? false) })
const whole = (json: JsonObject): Asked => ({ model: json['model'], stream: false })

const form = 'multipart/form-data'

export const mediaRoutes: readonly Operated[] = [
  { path: '/images/generations', operation: 'image', wire: 'openai-images', summary: 'Images from a prompt, streamed or whole.', asked: askedInBody },
  {
    path: '/images/edits',
    operation: 'image',
    wire: 'openai-image-edits',
    summary: 'Images from images and a prompt, streamed or whole.',
    asked: askedInForm,
    bodyTypes: [form, 'application/json'],
  },
  {
    path: '/audio/speech',
    operation: 'speech',
    wire: 'openai-speech',
    summary: 'Speech from text, as sound or as events.',
    asked: (json) => ({ model: json['model'], stream: json['stream_format'] === 'sse' }),
    reply: 'media',
  },
  {
    path: '/audio/transcriptions',
    operation: 'transcription',
    wire: 'openai-transcriptions',
    summary: 'Text of a recording, streamed or whole.',
    asked: askedInForm,
    bodyTypes: [form],
    reply: 'media',
  },
  {
    path: '/audio/translations',
    operation: 'transcription',
    wire: 'openai-translations',
    summary: 'English text of a recording.',
    asked: whole,
    bodyTypes: [form],
    reply: 'media',
  },
]

/** The vendor's own, where a request names none. */
const moderationModel = 'omni-moderation-latest'

export const moderations: Operated = {
  path: '/moderations',
  operation: 'moderation',
  wire: 'openai-moderations',
  summary: 'Whether texts or images are harmful.',
  asked: (json) => ({ model: json['model'] ?? moderationModel, stream: false }),
}
