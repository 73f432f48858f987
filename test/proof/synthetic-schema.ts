// A schema older than any that was ever written: what 0010 would have come from, had there been a release before it.
// Promises: its step to 0010 renames a table others refer to, renames a column, fills one that is new and brings an index back, so that a chain
// of migrations from further back than any real file is walked. Leaves alone: the real steps, which follow it unchanged.

import Database from 'better-sqlite3'
import { migrations, type Migration } from '../../gateway/ledger/migrate.ts'

export const syntheticVersion = 5
export const syntheticName = '0005, synthetic'

/** In place of the first real step, for files that are older than it. */
export const syntheticSteps: readonly Migration[] = [
  { version: syntheticVersion, sql: '' },
  {
    version: 10,
    sql: `
ALTER TABLE crew RENAME TO team;
ALTER TABLE request RENAME COLUMN price_nusd TO cost_nusd;
ALTER TABLE attempt ADD COLUMN provenance TEXT;
-- Nobody noted it then; a request's own is its attempts'.
UPDATE attempt SET provenance = (SELECT provenance FROM request WHERE request.id = attempt.request_id);
CREATE INDEX request_key ON request (key_id);
`,
  },
  ...migrations.filter(({ version }) => version > 10),
]

/** Takes a file of schema 0010 back to the made-up one. */
export function makeSynthetic(path: string): void {
  const db = new Database(path)
  db.exec(`
ALTER TABLE team RENAME TO crew;
ALTER TABLE request RENAME COLUMN cost_nusd TO price_nusd;
ALTER TABLE attempt DROP COLUMN provenance;
DROP INDEX request_key;
PRAGMA user_version = ${syntheticVersion};
`)
  db.close()
}
