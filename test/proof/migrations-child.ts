// A process that migrates a ledger file and dies on purpose: before its nth statement, or after its last, with the transaction still open.
// Promises: the product's own migration, statement by statement; killed by SIGKILL, which nothing can catch. Leaves alone: judging (migrations.ts).

import { writeSync } from 'node:fs'
import { migrate, migrations } from '../../gateway/ledger/migrate.ts'
import { openWriter } from '../../gateway/ledger/open-file.ts'
import { splitStatements } from './sql-statements.ts'
import { syntheticSteps } from './synthetic-schema.ts'

const [path = '', nth = '0', chain = 'real'] = process.argv.slice(2)
const dieAt = Number(nth)
const db = openWriter(path, 'full')
const runAll = db.exec.bind(db)
const setPragma = db.pragma.bind(db)
let reached = 0
const reach = (): void => {
  reached += 1
  if (reached === dieAt) process.kill(process.pid, 'SIGKILL')
}
db.exec = (sql) => {
  for (const statement of splitStatements(sql)) {
    reach()
    runAll(statement)
  }
  return db
}
db.pragma = (source, options) => {
  const marks = source.startsWith('user_version =')
  if (marks) reach()
  const value: unknown = setPragma(source, options)
  if (marks) reach()
  return value
}
migrate(db, chain === 'synthetic' ? syntheticSteps : migrations)
db.close()
writeSync(1, `reached ${reached}\n`)
