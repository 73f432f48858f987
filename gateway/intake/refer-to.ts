// What becomes of a secret that a configuration file gives: a reference, whether it stood there as one or as itself.
// Promises: a literal is held apart and named once as such; a variable that is not set is named. Leaves alone: where it is used.

import { createHash } from 'node:crypto'
import type { Secret } from '../contract/sealed.ts'
import type { CredentialRef } from '../contract/vault.ts'
import { note, type Path } from './notes.ts'
import type { GivenSecret } from './parse-deployment.ts'
import { literalText, type Reading } from './read-settings.ts'

export interface Referring {
  readonly path: Path
  /** What calls go to, in words. */
  readonly user: string
  readonly literalSecrets: Map<CredentialRef, Secret>
}

/** null: there is no secret. */
export function referTo({ reference, literal }: GivenSecret, { path, user, literalSecrets }: Referring, reading: Reading): CredentialRef | null {
  const variable = reference?.startsWith('os.environ/') === true ? reference.slice('os.environ/'.length) : null
  if (variable !== null && (reading.variable(variable) ?? '') === '')
    reading.notes.push(note('warning', path, `refers to the environment variable ${variable}, which is not set; calls to ${user} will fail until it is`))
  if (literal === null) return reference
  const kept = `file/${digest(literal.open())}`
  literalSecrets.set(kept, literal)
  reading.notes.push(note('warning', path, literalText))
  return kept
}

export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)
