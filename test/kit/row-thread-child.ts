// A thread of sync-thread.ts that writes a call's rows as the ledger does, and nothing else: values that never change, no orders, no limits, no answers.
// Promises: the ledger's own schema and connection; what is asked first opens a call, what is asked next closes it, each in a transaction of its own.
// Leaves alone: whether the books balance; these are nobody's.

import { parentPort, workerData } from 'node:worker_threads'
import { createCore } from '../../gateway/ledger/core.ts'
import { openWriter } from '../../gateway/ledger/open-file.ts'
import { limits, quiet } from '../gateway/ledger/fixture.ts'

const commitsPerCheckpoint = 1000
const nowMs = Date.now()
const hour = Math.floor(nowMs / 3_600_000)
const db = openWriter(String(workerData), 'full')
createCore(db, { zone: 'UTC', limits, log: quiet, nowMs: () => nowMs })

const begin = db.prepare('BEGIN IMMEDIATE')
const commit = db.prepare('COMMIT')
const addRequest = db.prepare(
  `INSERT INTO request (request_id, boot_id, received_at, state, operation, wire, stream, key_id, model_id, user_agent_id, client_ip, period_set_id, hold_nusd, hold_mode)
   VALUES (?, 1, ${nowMs}, 'open', 'chat', 'openai-chat', 0, 1, 1, 2, '127.0.0.1', 1, 1250000, 'strict')`,
)
const addAttempt = db.prepare(
  `INSERT INTO attempt (request_id, ordinal, state, deployment_id, provider_id, upstream_model_id, reason, started_us) VALUES (?, 1, 'open', 3, 4, 5, 'drawn by weight 1 of 1', 100)`,
)
const addHour = db.prepare(`INSERT INTO request_hour VALUES (${hour}, ?, ?) ON CONFLICT DO UPDATE SET last_row = max(last_row, excluded.last_row)`)
// The life of the scope above all, of the key's, and its day.
const periods = ['', '30d', '1d'].map((duration) =>
  db.prepare(
    `INSERT INTO budget_period VALUES (1, '${duration}', 0, NULL, 0, ?, ?, NULL) ON CONFLICT DO UPDATE SET settled_nusd = excluded.settled_nusd, held_nusd = excluded.held_nusd`,
  ),
)
const closeAttempt = db.prepare(
  `UPDATE attempt SET state = 'settled', "end" = 'answered', meters = '{"input":100,"output":10}', lines = '[["input",100,"2500000","250000"],["output",10,"10000000","100000"]]',
   cost_nusd = 350000, prompt_tokens = 100, completion_tokens = 10, provenance = 'reported', upstream_status = 200, upstream_id = ?, first_byte_us = 2000, ended_us = 3000
   WHERE request_id = ? AND ordinal = 1`,
)
const closeRequest = db.prepare(
  `UPDATE request SET state = 'closed', "end" = 'answered', status = 200, upstream_id = 5, provider_id = 4, deployment_id = 3, cost_nusd = 350000, prompt_tokens = 100,
   completion_tokens = 10, provenance = 'reported', first_byte_us = 2000, total_us = 3100, stages = '[{"name":"call","startUs":100,"endUs":3000}]' WHERE id = ?`,
)
const dimensions = ['total', 'key', 'team', 'model', 'provider', 'deployment']
const sums = ['hour', 'day'].flatMap((grain) => dimensions.map((dimension) => `('${grain}', ${hour}, '${dimension}', 1, 1, 0, 0, 100, 10, 0, 0, 350000, 0)`))
const addSums = db.prepare(
  `INSERT INTO rollup VALUES ${sums.join(', ')} ON CONFLICT DO UPDATE SET requests = requests + excluded.requests, prompt_tokens = prompt_tokens + excluded.prompt_tokens,
   completion_tokens = completion_tokens + excluded.completion_tokens, cost_nusd = cost_nusd + excluded.cost_nusd`,
)
let calls = 0
let row: number | bigint = 0

parentPort?.on('message', (id: number) => {
  begin.run()
  if (id % 2 === 1) open(id)
  else close(id)
  commit.run()
  parentPort?.postMessage([id])
  if (id % commitsPerCheckpoint === 0) db.pragma('wal_checkpoint(PASSIVE)')
})

function open(id: number): void {
  calls += 1
  row = addRequest.run(`req_${id}`).lastInsertRowid
  addAttempt.run(row)
  addHour.run(row, row)
  for (const period of periods) period.run((calls - 1) * 350_000, 1_250_000)
}

function close(id: number): void {
  closeAttempt.run(`chatcmpl-${id}`, row)
  closeRequest.run(row)
  addSums.run()
  for (const period of periods) period.run(calls * 350_000, 0)
}
