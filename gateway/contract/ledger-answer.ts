// What the ledger's command says to the desktop shell that ran it, over the message port: how it ended.
// Promises: the shell parses what it hears. Leaves alone: the port (shell-port.ts), what the sentences mean (main/update).

import { z } from 'zod'

/** What is printed beyond it is cut. */
export const printedLengthMax = 65_536

const ledgerAnswer = z.strictObject({ kind: z.literal('ended'), code: z.int().min(0).max(255), printed: z.string().max(printedLengthMax) })

/** Once, last: `code` as its exit code, `printed` what both streams got. */
export type LedgerAnswer = z.infer<typeof ledgerAnswer>

/** @throws z.ZodError */
export const parseLedgerAnswer = (message: unknown): LedgerAnswer => ledgerAnswer.parse(message)
