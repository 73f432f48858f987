// What each channel takes, as schemas, and how many questions of it may be open at once.
// Promises: strict and bounded, one row for each channel of the contract. Leaves alone: who asks (handle.ts), what is done (answers.ts).

import { z } from 'zod'
import type { Asked, Channel } from './contract.ts'

export interface ChannelRule<Name extends Channel> {
  readonly asked: z.ZodType<Asked<Name>>
  /** A dialog is open once; beyond that a question is refused, not queued. */
  readonly openMax: number
}

const textLengthMax = 65_536
const addressLengthMax = 4096
const nothing = z.null()

export const channelRules: { readonly [Name in Channel]: ChannelRule<Name> } = {
  'app-facts': { asked: nothing, openMax: 8 },
  'gateway-news': { asked: z.strictObject({ seen: z.int().min(0) }), openMax: 4 },
  'gateway-restart': { asked: nothing, openMax: 1 },
  'log-folder-open': { asked: nothing, openMax: 1 },
  'export-save': { asked: z.strictObject({ path: z.string().min(1).max(addressLengthMax) }), openMax: 1 },
  'external-open': { asked: z.strictObject({ url: z.string().min(1).max(addressLengthMax) }), openMax: 1 },
  'text-copy': { asked: z.strictObject({ text: z.string().max(textLengthMax) }), openMax: 4 },
  'autostart-read': { asked: nothing, openMax: 4 },
  'autostart-write': { asked: z.strictObject({ enabled: z.boolean() }), openMax: 1 },
  'update-choose': { asked: nothing, openMax: 1 },
  'notification-test': { asked: nothing, openMax: 1 },
  'theme-write': { asked: z.strictObject({ choice: z.enum(['system', 'light', 'dark']) }), openMax: 4 },
  'support-preview': { asked: nothing, openMax: 1 },
  'support-save': { asked: nothing, openMax: 1 },
}
/** `Object.keys` knows only strings. */
export const channelNames = Object.keys(channelRules) as readonly Channel[]
