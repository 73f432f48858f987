// Why a configuration file stops the start, in words for the terminal.
// Promises: every reason names its line where it has one; the message says what to do. Never holds a value from the file.
// Leaves alone: exit codes.

import type { FileConfig } from '../contract/config.ts'
import type { OwnPath } from '../contract/own-path.ts'

export interface RefusalReason {
  readonly line: number | null
  readonly text: string
}

export class ConfigRefusal extends Error {
  override readonly name = 'ConfigRefusal'
  readonly reasons: readonly RefusalReason[]
  constructor(message: string, reasons: readonly RefusalReason[], cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.reasons = reasons
  }
}

/** One fault that makes the whole file unreadable, as one sentence. */
export function unreadable(file: string, text: string, position: { readonly line: number; readonly column: number } | null = null): ConfigRefusal {
  const where = position === null ? '' : `, line ${String(position.line)}, column ${String(position.column)}`
  return new ConfigRefusal(`The configuration file ${file} cannot be used${where}: ${text}.`, [{ line: position?.line ?? null, text }])
}

/** Values that cannot mean what their key stands for. */
export function mistaken(file: string, reasons: readonly RefusalReason[]): ConfigRefusal {
  return new ConfigRefusal([`The configuration file ${file} cannot be used:`, ...reasons.map(line)].join('\n'), reasons)
}

/** Protections asked for that this version does not have. */
export function unprotected(file: string, reasons: readonly RefusalReason[]): ConfigRefusal {
  const lines = [
    `The configuration file ${file} asks for protections that this version does not have, so the gateway does not start:`,
    ...reasons.map(line),
    'Remove these keys, or start with --accept-unsupported to run without these protections.',
  ]
  return new ConfigRefusal(lines.join('\n'), reasons)
}

/** Paths of the file that something else answers, which is known only when everything stands. @throws ConfigRefusal */
export function refuseTaken(file: Pick<FileConfig, 'path' | 'ownPaths'> | null, whyTaken: (own: OwnPath) => string | null): void {
  const reasons = (file?.ownPaths ?? []).flatMap((own, index): RefusalReason[] => {
    const why = whyTaken(own)
    return why === null ? [] : [{ line: null, text: `general_settings.pass_through_endpoints[${String(index)}].path cannot be used: ${why}` }]
  })
  if (file !== null && reasons.length > 0) throw mistaken(file.path, reasons)
}

const line = (reason: RefusalReason): string => `  ${reason.line === null ? '' : `line ${String(reason.line)}: `}${reason.text}`
