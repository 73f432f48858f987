// What kind of picture it is, by its first bytes: callers often say wrong, and some vendors refuse a picture that is not what it is called.
// Promises: never throws, decodes nothing. Leaves alone: what is no base64.
// Sources: https://www.w3.org/TR/png-3/, ITU T.81, GIF89a and RIFF/WebP signatures; "The image was specified using the image/jpeg media type, but the image
// appears to be a image/png image", as Anthropic refuses it, as known 2026-11-21.

import type { MediaSource } from '../contract/chat.ts'

const signatures = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
] as const

export const imageTypeOf = (data: string): string | undefined => signatures.find(([start]) => data.startsWith(start))?.[1]

/** A picture's source as what it is; where its bytes do not show it, as what it is called. */
export function asImage(source: MediaSource): MediaSource {
  if (source.kind === 'url') return source
  const mediaType = imageTypeOf(source.data) ?? (source.mediaType === 'image/jpg' ? 'image/jpeg' : source.mediaType)
  return mediaType === source.mediaType ? source : { ...source, mediaType }
}
