// Amazon Bedrock's InvokeModel as a wire, which callers speak by the vendor's own path: each model family's own body, told by its members. It only passes.
// Promises: the parts below put together; nothing of its own. Leaves alone: translation, which goes by Converse or Messages.
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html,
// https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html, as known 2026-11-21.

import { refuse } from '../../contract/errors.ts'
import type { Wire } from '../../contract/wire.ts'
import { readAwsError } from '../aws-error.ts'
import { eventStreamType } from '../event-stream.ts'
import { failAws } from '../write-exception.ts'
import { boundInvoke } from './bound.ts'
import { editInvoke } from './edit.ts'
import { createInvokeTap, readInvokeFacts } from './tap.ts'

export const bedrockInvoke: Wire = {
  id: 'bedrock-invoke',
  operation: 'chat',
  streamType: eventStreamType,
  passesOnly: true,
  outbound: { createReader: never, readWhole: never, readError: readAwsError },
  pass: { bound: boundInvoke, edit: editInvoke, createTap: createInvokeTap, readFacts: readInvokeFacts, fail: failAws },
}

/** Nothing leads here: what only passes is passed, or refused. */
function never(): never {
  throw refuse('internal')
}
