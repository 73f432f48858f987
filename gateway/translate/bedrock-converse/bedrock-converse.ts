// Amazon Bedrock's Converse as a wire: a provider speaks it; callers do by the vendor's own path, and then it passes.
// Promises: the parts below put together; nothing of its own. Leaves alone: paths and signatures (providers/, authorize/).
// Source: https://docs.aws.amazon.com/bedrock/latest/userguide/conversation-inference.html, as known 2026-11-21.

import type { Wire } from '../../contract/wire.ts'
import { readAwsError } from '../aws-error.ts'
import { eventStreamType } from '../event-stream.ts'
import { capNested } from '../nested-edit.ts'
import { failAws } from '../write-exception.ts'
import { bedrockNames, withToolNames } from '../tool-names.ts'
import { boundConverse } from './bound.ts'
import { createConverseReader, readConverseWhole } from './read-reply.ts'
import { createConverseTap, readConverseFacts } from './tap.ts'
import { writeConverse } from './write-request.ts'

export const bedrockConverse: Wire = {
  id: 'bedrock-converse',
  operation: 'chat',
  streamType: eventStreamType,
  outbound: { write: withToolNames(bedrockNames, writeConverse), createReader: createConverseReader, readWhole: readConverseWhole, readError: readAwsError },
  pass: {
    bound: boundConverse,
    // The model and the form of the answer stand in the path.
    edit: (raw, body, { outputTokensMax: cap }) => ({ body: capNested(raw, body, { member: 'inferenceConfig', field: 'maxTokens', cap }), stripUsage: false }),
    createTap: createConverseTap,
    readFacts: readConverseFacts,
    fail: failAws,
  },
}
