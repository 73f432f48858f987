// OpenAI Chat Completions as a wire: callers speak it, providers speak it, and between the two it passes byte for byte.
// Promises: the parts below put together; nothing of its own. Leaves alone: paths and headers (providers/).
// Source: https://platform.openai.com/docs/api-reference/chat, as known 2026-11-21.

import type { Wire } from '../../contract/wire.ts'
import { createOpenaiTap, readOpenaiFacts } from '../openai-tap.ts'
import { failOpenai, readVendorError } from '../vendor-error.ts'
import { openaiNames, withToolNames } from '../tool-names.ts'
import { boundChat } from './bound.ts'
import { editChat } from './edit.ts'
import { readChat } from './read-request.ts'
import { createChatReader, readChatWhole } from './read-reply.ts'
import { createChatWriter, writeChatWhole } from './write-reply.ts'
import { writeChat } from './write-request.ts'

export const openaiChat: Wire = {
  id: 'openai-chat',
  operation: 'chat',
  streamType: 'text/event-stream',
  inbound: { bound: boundChat, read: readChat, createWriter: createChatWriter, writeWhole: writeChatWhole },
  outbound: { write: withToolNames(openaiNames, writeChat), createReader: createChatReader, readWhole: readChatWhole, readError: readVendorError },
  pass: { edit: editChat, createTap: createOpenaiTap, readFacts: readOpenaiFacts, fail: failOpenai },
}
