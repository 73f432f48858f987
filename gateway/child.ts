// The gateway as the desktop shell's child: what the shell forks. Checks the runtime before anything else is loaded.
// Promises: says that it is alive before it loads the rest, so that a slow disk is not taken for a hang; a failure is told over the port.
// Leaves alone: everything in between (run-child.ts), starts without a shell (main.ts).

import { runtimeComplaint } from './kit/runtime-floor.ts'
import { findShellPort } from './shell-port.ts'

const complaint = runtimeComplaint(process.versions.node)
const port = findShellPort()

if (port === null) {
  process.stderr.write('This is the part of Tollgate that its desktop app starts. Start the gateway alone with "npm start".\n')
  process.exitCode = 1
} else if (complaint !== null) {
  await port.post({ kind: 'failed', code: 'refused', sentence: complaint, port: null })
  process.exit(1)
} else {
  await port.post({ kind: 'health', running: 0 })
  const { runChild } = await import('./run-child.ts')
  runChild(port)
}
