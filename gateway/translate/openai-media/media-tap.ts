// Reads passing streams of pictures, sound and transcripts: what they used, what was said, how they ended.
// Promises: bytes out = bytes in; the event that ends the last picture, a speech or a transcript waits for the next one or the end, because not all
// close with `[DONE]`.
// Leaves alone: what an event says (each wire's `note`).

import { objectOf, textOf, type JsonObject } from '../../contract/json.ts'
import type { TextTally } from '../../contract/usage.ts'
import type { Tap, TapOptions } from '../../contract/wire.ts'
import { decode, parseJson } from '../json-text.ts'
import { pictureFrames } from '../pictures.ts'
import { createSseSplitter, type SseEvent } from '../sse.ts'
import { createSeen, type Seen } from '../tap.ts'
import { doneMarker, readVendorError } from '../vendor-error.ts'

/** Takes down what an event shows; true: it ends what was asked for, or one of several. */
export type NoteEvent = (seen: Seen, event: JsonObject, text: TextTally) => boolean

export function createMediaTap(note: NoteEvent, { text, choices = 1 }: Pick<TapOptions, 'text' | 'choices'>): Tap {
  const splitter = createSseSplitter(pictureFrames)
  const seen = createSeen()
  let held: Uint8Array | null = null
  let marked = false
  let ended = 0
  const pass = ({ raw, data }: SseEvent): readonly Uint8Array[] => {
    if (marked) return []
    const earlier = held === null ? [] : [held]
    held = null
    if (data !== null) {
      marked = decode(data) === doneMarker
      if (marked) seen.finished = true
      if (marked || (noteEvent(data) && ended >= choices)) held = raw
    }
    return held === null ? [...earlier, raw] : earlier
  }
  const noteEvent = (data: Uint8Array): boolean => {
    const event = objectOf(parseJson(data))
    if (event === undefined) return false
    const { error } = event
    if ((error !== undefined && error !== null) || textOf(event['type']) === 'error') seen.error ??= readVendorError(0, event)
    const ends = note(seen, event, text)
    seen.finished ||= ends
    if (ends) ended += 1
    return ends
  }
  return {
    seen,
    get closed() {
      return marked
    },
    get ended() {
      return ended
    },
    push: (bytes) => splitter.push(bytes).flatMap(pass),
    end() {
      const rest = splitter.end()
      const last = rest === null ? [] : pass(rest)
      const kept = held === null ? [] : [held]
      held = null
      return Buffer.concat([...last, ...kept])
    },
  }
}
