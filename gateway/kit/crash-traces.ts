// What stays behind when the process dies: a core dump, or a report of Node's own.
// Promises: neither holds memory or environment, where the system lets a process decide that (dumps: Linux; reports: everywhere).
// Leaves alone: whether they are written at all; a debugger or heap snapshot that the owner of the process asks for.

import { writeFileSync } from 'node:fs'

/** Which kinds of memory a core dump holds, as bits (https://man7.org/linux/man-pages/man5/core.5.html, as known 2026-11-21). */
const filterFile = '/proc/self/coredump_filter'
const noMemory = '0x0'

/** Once per thread: what a report says of a thread is that thread's own setting. */
export function emptyCrashTraces(): void {
  for (const empty of [emptyReports, emptyDumps]) {
    try {
      empty()
    } catch {
      // A runtime without reports, a sandbox without /proc: then it is up to whoever runs the service (LimitCORE=0).
    }
  }
}

function emptyReports(): void {
  process.report.excludeEnv = true
}

function emptyDumps(): void {
  if (process.platform === 'linux') writeFileSync(filterFile, noMemory)
}
