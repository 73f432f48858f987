// What was asked of `npm run ledger`. Promises: whatever is no command is answered with those there are. Leaves alone: doing it (ledger-command.ts).

import { resolve } from 'node:path'
import { defaultDataDir, parse, readVariable } from './config.ts'
import { StartRefusal } from './intake/start-checks.ts'
import { ledgerHelp } from './help.ts'

export type LedgerCommand =
  | { readonly kind: 'list' | 'backup' | 'verify'; readonly dataDir: string }
  | { readonly kind: 'restore'; readonly dataDir: string; readonly file: string; readonly preview: boolean }
  | { readonly kind: 'help'; readonly text: string }

/** Of `npm run ledger`. @throws StartRefusal */
export function readLedgerCommand(): LedgerCommand {
  const given = parse({
    options: { 'data-dir': { type: 'string' }, preview: { type: 'boolean' }, help: { type: 'boolean' } },
    strict: true,
    allowPositionals: true,
  })
  const [kind = 'help', file, ...rest] = given.values.help === true ? [] : given.positionals
  const dataDir = resolve(given.values['data-dir'] ?? readVariable('TOLLGATE_DATA_DIR') ?? defaultDataDir(readVariable))
  if (kind === 'restore' && file !== undefined && rest.length === 0) return { kind, dataDir, file, preview: given.values.preview === true }
  if ((kind === 'list' || kind === 'backup' || kind === 'verify') && file === undefined) return { kind, dataDir }
  if (kind === 'help') return { kind, text: ledgerHelp }
  throw new StartRefusal(`This is not a command of the ledger.\n\n${ledgerHelp}`)
}
