// Starts and stops the gateway. Checks the runtime before anything else is loaded.
// Promises: one clear sentence and a non-zero exit when it cannot start; on SIGTERM or SIGINT running requests end, the ledger closes, exit 0.
// Leaves alone: everything in between (compose.ts), and the gateway as a desktop shell's child (child.ts).

import { runtimeComplaint } from './kit/runtime-floor.ts'

const complaint = runtimeComplaint(process.versions.node)

if (complaint !== null) {
  process.stderr.write(`${complaint} Start it with "npm start", which brings the right one.\n`)
  process.exitCode = 1
} else {
  const { run } = await import('./run.ts')
  await run()
}
