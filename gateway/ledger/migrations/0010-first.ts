// The first schema: requests, attempts, prices, budgets, administrators' rows, roll-ups.
// Promises: STRICT tables, integers for money (nano-USD) and time (epoch ms, or µs after a request's start), no REAL column.
// Leaves alone: rows; they are made by the writer.

// Why each index: `request_key`, `request_model`, `request_team`, `request_session`, `request_end_user` drive the filtered lists (SQLite
// appends the rowid, so each is also the list's order); `request_unclosed` and `request_failed` hold only the few rows that recovery,
// counters and the error filter want; `attempt_upstream` finds a request by the vendor's id. Times need none: `request_hour` maps them to rows.
export const first = {
  version: 10,
  sql: `
CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE boot (id INTEGER PRIMARY KEY, started_at INTEGER NOT NULL, ended_at INTEGER) STRICT;

CREATE TABLE name (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('model', 'upstream', 'provider', 'deployment', 'agent')),
  text TEXT NOT NULL,
  label TEXT,
  UNIQUE (kind, text)
) STRICT;

CREATE TABLE price (
  id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, source TEXT NOT NULL, note TEXT NOT NULL, prices TEXT NOT NULL
) STRICT;
CREATE TRIGGER price_is_immutable BEFORE UPDATE ON price BEGIN SELECT RAISE(ABORT, 'a price card never changes'); END;

CREATE TABLE team (
  id INTEGER PRIMARY KEY, team_id TEXT NOT NULL UNIQUE, alias TEXT, models TEXT NOT NULL,
  requests_per_minute_max INTEGER, parallel_max INTEGER, blocked INTEGER NOT NULL, metadata TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) STRICT;

CREATE TABLE virtual_key (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('key', 'admin', 'system')), hash TEXT NOT NULL, alias TEXT, shown TEXT NOT NULL,
  team_id INTEGER REFERENCES team, models TEXT NOT NULL,
  requests_per_minute_max INTEGER, parallel_max INTEGER, expires_at INTEGER, blocked INTEGER NOT NULL, metadata TEXT NOT NULL,
  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, deleted_at INTEGER
) STRICT;
CREATE UNIQUE INDEX virtual_key_hash ON virtual_key (hash) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX virtual_key_alias ON virtual_key (alias) WHERE deleted_at IS NULL AND alias IS NOT NULL;

CREATE TABLE scope (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('global', 'team', 'key')), ref INTEGER NOT NULL, UNIQUE (kind, ref)
) STRICT;
CREATE TABLE budget (scope_id INTEGER PRIMARY KEY REFERENCES scope, limit_nusd INTEGER, duration TEXT) STRICT;

-- duration '' is the scope's whole life. settled = seeded + costs of the requests that held here. ceiling: what settled + held may reach
-- since it was set, NULL where no limit applies.
CREATE TABLE budget_period (
  scope_id INTEGER NOT NULL REFERENCES scope, duration TEXT NOT NULL, period_start INTEGER NOT NULL, period_end INTEGER,
  seeded_nusd INTEGER NOT NULL, settled_nusd INTEGER NOT NULL, held_nusd INTEGER NOT NULL CHECK (held_nusd >= 0), ceiling_nusd INTEGER,
  PRIMARY KEY (scope_id, duration, period_start)
) STRICT, WITHOUT ROWID;

-- The periods one request counts in, as JSON [[scope, duration, start], ...]; few distinct ones, so requests share them.
CREATE TABLE period_set (id INTEGER PRIMARY KEY, periods TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE request (
  id INTEGER PRIMARY KEY, request_id TEXT NOT NULL UNIQUE, boot_id INTEGER NOT NULL, received_at INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'orphaned')), "end" TEXT CHECK ("end" IN ('answered', 'refused', 'failed', 'cut')),
  status INTEGER, error_code TEXT, error_message TEXT,
  operation TEXT NOT NULL, wire TEXT NOT NULL, stream INTEGER NOT NULL,
  key_id INTEGER NOT NULL REFERENCES virtual_key, team_id INTEGER REFERENCES team, model_id INTEGER NOT NULL,
  upstream_id INTEGER, provider_id INTEGER, deployment_id INTEGER,
  period_set_id INTEGER, hold_nusd INTEGER NOT NULL, cost_nusd INTEGER NOT NULL DEFAULT 0 CHECK (cost_nusd >= 0),
  prompt_tokens INTEGER NOT NULL DEFAULT 0, completion_tokens INTEGER NOT NULL DEFAULT 0,
  cached_tokens INTEGER NOT NULL DEFAULT 0, reasoning_tokens INTEGER NOT NULL DEFAULT 0,
  provenance TEXT, unpriced INTEGER NOT NULL DEFAULT 0,
  first_byte_us INTEGER, total_us INTEGER,
  user_agent_id INTEGER, end_user TEXT, session_id TEXT, trace_id TEXT, client_ip TEXT,
  stages TEXT, dropped TEXT
) STRICT;
CREATE INDEX request_key ON request (key_id);
CREATE INDEX request_model ON request (model_id);
CREATE INDEX request_team ON request (team_id) WHERE team_id IS NOT NULL;
CREATE INDEX request_session ON request (session_id) WHERE session_id IS NOT NULL;
CREATE INDEX request_end_user ON request (end_user) WHERE end_user IS NOT NULL;
CREATE INDEX request_unclosed ON request (state) WHERE state <> 'closed';
CREATE INDEX request_failed ON request (id) WHERE "end" <> 'answered';

-- First and last row received in an hour (UTC, numbered from 1970): turns a range of time into a range of rows without an index entry per row.
CREATE TABLE request_hour (hour INTEGER PRIMARY KEY, first_row INTEGER NOT NULL, last_row INTEGER NOT NULL) STRICT;

CREATE TABLE attempt (
  request_id INTEGER NOT NULL REFERENCES request, ordinal INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'settled', 'void', 'orphaned')), "end" TEXT,
  deployment_id INTEGER NOT NULL, provider_id INTEGER NOT NULL, upstream_model_id INTEGER NOT NULL, reason TEXT NOT NULL,
  price_id INTEGER REFERENCES price,
  meters TEXT NOT NULL DEFAULT '{}', lines TEXT NOT NULL DEFAULT '[]', cost_nusd INTEGER NOT NULL DEFAULT 0 CHECK (cost_nusd >= 0),
  prompt_tokens INTEGER NOT NULL DEFAULT 0, completion_tokens INTEGER NOT NULL DEFAULT 0,
  cached_tokens INTEGER NOT NULL DEFAULT 0, reasoning_tokens INTEGER NOT NULL DEFAULT 0,
  provenance TEXT, unpriced INTEGER NOT NULL DEFAULT 0,
  upstream_status INTEGER, upstream_id TEXT, failure TEXT,
  started_us INTEGER NOT NULL, first_byte_us INTEGER, ended_us INTEGER,
  PRIMARY KEY (request_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempt_upstream ON attempt (upstream_id) WHERE upstream_id IS NOT NULL;

-- Bucket before dimension: the rows of the current hour and day lie side by side, so a commit touches few pages.
CREATE TABLE rollup (
  grain TEXT NOT NULL CHECK (grain IN ('hour', 'day')), bucket_start INTEGER NOT NULL, dimension TEXT NOT NULL, member INTEGER NOT NULL,
  requests INTEGER NOT NULL, errors INTEGER NOT NULL, unpriced INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, cached_tokens INTEGER NOT NULL, reasoning_tokens INTEGER NOT NULL,
  cost_nusd INTEGER NOT NULL,
  PRIMARY KEY (grain, bucket_start, dimension, member)
) STRICT, WITHOUT ROWID;

-- Refusals beyond the first few of a minute: counted here and in the roll-ups, without a row of their own.
CREATE TABLE refusal_fold (
  minute INTEGER NOT NULL, key_id INTEGER NOT NULL, code TEXT NOT NULL, team_id INTEGER NOT NULL, model_id INTEGER NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (minute, key_id, code, team_id, model_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE deployment (id TEXT PRIMARY KEY, model_name TEXT NOT NULL, params TEXT NOT NULL, model_info TEXT NOT NULL, credential TEXT) STRICT;
CREATE TABLE credential (name TEXT PRIMARY KEY, provider_id TEXT, ref TEXT NOT NULL, "values" TEXT NOT NULL, created_at INTEGER NOT NULL) STRICT;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE session (hash TEXT PRIMARY KEY, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) STRICT;
`,
}
