// Where processes that tests start keep what they compiled: at Node's usual place, for all of them.
// Source: https://nodejs.org/api/module.html#module-compile-cache, as known 2026-11-21. Leaves alone: who starts them.

import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A start from source takes half the time. */
export const keepCompiled = { NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') }
