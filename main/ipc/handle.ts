// Lets the panel's page ask: one answerer for each channel, after sender and argument have been judged.
// Promises: only the main frame of our own origin, only what the schema allows, no more at once than the rule says; every outcome is plain JSON.
// Leaves alone: what is answered (answers.ts). `handle` alone: nothing here sends to a page.

import { ipcMain, type IpcMainInvokeEvent } from 'electron'
import { panelOrigin } from '../window/address.ts'
import type { Answered, Asked, Channel, Outcome } from './contract.ts'
import { Refused } from './refused.ts'
import { channelNames, channelRules, type ChannelRule } from './schemas.ts'

export type Answers = { readonly [Name in Channel]: (asked: Asked<Name>) => Promise<Answered<Name>> }
export type Report = (channel: Channel, error: unknown) => void

/** After `ready`. */
export function handleChannels(answers: Answers, report: Report): void {
  for (const channel of channelNames) open(channel, answers[channel], report)
}

function open<Name extends Channel>(channel: Name, answer: Answers[Name], report: Report): void {
  const rule: ChannelRule<Name> = channelRules[channel]
  let running = 0
  ipcMain.handle(channel, async (event, ...sent: readonly unknown[]): Promise<Outcome<Answered<Name>>> => {
    if (!isFromPanel(event)) return failure('refused', 'Only the panel may ask this.')
    const asked = rule.asked.safeParse(sent[0])
    if (sent.length !== 1 || !asked.success) return failure('invalid', `This is not what ${channel} takes.`)
    if (running >= rule.openMax) return failure('refused', 'This is being done already.')
    running += 1
    try {
      return { ok: true, value: await answer(asked.data) }
    } catch (error) {
      if (error instanceof Refused) return failure('refused', error.message)
      report(channel, error)
      return failure('failed', 'The app could not do this. Its log says why.')
    } finally {
      running -= 1
    }
  })
}

/** `senderFrame` is null once the frame has gone elsewhere; nobody is there to be answered then. */
function isFromPanel({ senderFrame, sender }: IpcMainInvokeEvent): boolean {
  return senderFrame !== null && !sender.isDestroyed() && senderFrame.parent === null && senderFrame.origin === panelOrigin
}

const failure = (
  code: 'refused' | 'invalid' | 'failed',
  message: string,
): { readonly ok: false; readonly error: { readonly code: typeof code; readonly message: string } } => ({
  ok: false,
  error: { code, message },
})
