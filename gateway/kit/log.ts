// One JSON object per line on standard error.
// Promises: no raw control characters (JSON escapes them), every text capped, Sealed values print as [redacted].
// Leaves alone: files and rotation; who may read them.

export type LogLevel = 'info' | 'warn' | 'error'
export type Log = (level: LogLevel, event: string, facts?: Readonly<Record<string, unknown>>) => void

const textMax = 2000

export function createLog(write: (line: string) => void, nowMs: () => number): Log {
  return (level, event, facts = {}) => {
    write(`${JSON.stringify({ time: new Date(nowMs()).toISOString(), level, event, ...facts }, cap)}\n`)
  }
}

/** What may be said of an error: its name, message and code, never its fields. */
export function errorFacts(error: unknown): Record<string, string> {
  if (!(error instanceof Error)) return { error: String(error) }
  const cause = error.cause instanceof Error ? { cause: `${error.cause.name}: ${error.cause.message}` } : {}
  return { error: `${error.name}: ${error.message}`, stack: error.stack ?? '', ...cause }
}

function cap(_key: string, value: unknown): unknown {
  // U+2028 and U+2029 are legal JSON but break lines in some viewers; DEL and C1 controls reach terminals.
  if (typeof value === 'string') return value.slice(0, textMax).replace(/[\u007f-\u009f\u2028\u2029]/g, ' ')
  return typeof value === 'bigint' ? value.toString() : value
}
