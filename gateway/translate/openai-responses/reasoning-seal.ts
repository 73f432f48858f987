// How signed or hidden reasoning of another vendor travels through a Responses conversation: inside `encrypted_content`, where callers expect
// something opaque that they must bring back.
// Promises: what was sealed here opens here, and nothing else does. Leaves alone: what the vendor's signature protects (the vendor checks it).

import type { Thinking } from '../../contract/chat.ts'
import { objectOf, textOf } from '../../contract/json.ts'
import { present } from '../fields.ts'
import { parseText } from '../json-text.ts'

export type SealedThinking = Pick<Thinking, 'signature' | 'redacted'>

const prefix = 'tollgate.1.'

/** null: the reasoning needs nothing to be brought back. */
export function sealReasoning({ signature, redacted }: SealedThinking): string | null {
  if (signature === undefined && redacted === undefined) return null
  return `${prefix}${Buffer.from(JSON.stringify({ signature, redacted })).toString('base64url')}`
}

/** null: nothing of ours. */
export function openReasoning(sealed: string | undefined): SealedThinking | null {
  if (sealed === undefined || !isSealed(sealed)) return null
  const opened = objectOf(parseText(Buffer.from(sealed.slice(prefix.length), 'base64url').toString('utf8')))
  if (opened === undefined) return null
  const thinking = present({ signature: textOf(opened['signature']), redacted: textOf(opened['redacted']) })
  return Object.keys(thinking).length === 0 ? null : thinking
}

export const isSealed = (text: string): boolean => text.startsWith(prefix)
