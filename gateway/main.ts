// Starts and stops the gateway. Checks the runtime before anything else is loaded.
// Promises: one clear sentence and a non-zero exit when it cannot start; on SIGTERM or SIGINT running requests end, the ledger closes, exit 0.
// Leaves alone: everything in between (compose.ts).

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const needed = { major: 24, minor: 21 }

if (major < needed.major || (major === needed.major && minor < needed.minor)) {
  // Under an older Node the SQLite binding dies without a word, so nothing that loads it may be imported before this.
  process.stderr.write(
    `Tollgate needs Node ${needed.major}.${needed.minor} or newer and this is Node ${process.versions.node}. Start it with "npm start", which brings the right one.\n`,
  )
  process.exitCode = 1
} else {
  const { run } = await import('./run.ts')
  await run()
}
