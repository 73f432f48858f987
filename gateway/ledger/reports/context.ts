// What every report is given.
// Promises: read-only. Leaves alone: the questions.

import type { Database } from 'better-sqlite3'
import type { Limits } from '../../contract/config.ts'

export interface ReportContext {
  readonly db: Database
  readonly path: string
  readonly durability: 'full' | 'normal'
  readonly zone: string
  readonly limits: Pick<Limits, 'reportRowsMax' | 'countMax'>
}
