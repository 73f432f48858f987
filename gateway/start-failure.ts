// What a start that cannot go on is called: a code for whoever supervises, one sentence for people.
// Promises: a sentence is never a stack; what is a bug is logged with one. Leaves alone: what is done about it.

import { StartRefusal } from './intake/start-checks.ts'
import type { GatewayFailure } from './contract/shell.ts'
import { ConfigRefusal } from './intake/config-refusal.ts'
import { errorFacts, type Log } from './kit/log.ts'
import { DataFolderInUse } from './ledger/unusable.ts'

export interface FailureTools {
  readonly log: Log
  /** The port that was asked for; null: it did not come to that. */
  readonly port: number | null
}

/** refused: the next start would fail the same way until somebody changes something. */
export function toFailure(error: unknown, tools: FailureTools): GatewayFailure {
  const { code, sentence } = word(error, tools.log)
  return { code, sentence, port: code === 'port-taken' ? tools.port : null }
}

function word(error: unknown, log: Log): Pick<GatewayFailure, 'code' | 'sentence'> {
  if (error instanceof StartRefusal || error instanceof ConfigRefusal) return { code: 'refused', sentence: error.message }
  if (error instanceof DataFolderInUse) return { code: 'data-folder-in-use', sentence: error.message }
  const known = bySystemCode[error instanceof Error && 'code' in error ? String(error.code) : '']
  if (known !== undefined) return known
  if (error instanceof Error && error.name !== 'Error' && error.name !== 'TypeError') return { code: 'other', sentence: error.message }
  log('error', 'start-failed', errorFacts(error))
  return { code: 'other', sentence: error instanceof Error ? error.message : 'Tollgate could not start.' }
}

const fileInPlace = {
  code: 'refused',
  sentence: 'The data folder cannot be made, because a file stands in its place. Choose another with --data-dir.',
} as const
const noAddress = {
  code: 'refused',
  sentence: 'The name given with --host stands for no address. Give an address of this computer, such as 127.0.0.1.',
} as const
const bySystemCode: Readonly<Record<string, Pick<GatewayFailure, 'code' | 'sentence'>>> = {
  EADDRINUSE: { code: 'port-taken', sentence: 'The port is already taken. Choose another with --port, or stop the program that uses it.' },
  EACCES: {
    code: 'refused',
    sentence: 'This user may not listen on that port or write to that folder. Choose a port above 1023 and a data folder of your own.',
  },
  EEXIST: fileInPlace,
  ENOTDIR: fileInPlace,
  ENOTFOUND: noAddress,
  EAI_AGAIN: noAddress,
  EADDRNOTAVAIL: { code: 'refused', sentence: 'This computer does not have the address given with --host.' },
}
