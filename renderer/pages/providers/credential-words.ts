// What is said about provider credentials: environment variables that hold them, how old a saved key is.
// Leaves alone: their values, which never reach the panel.

import type { PanelDeployment } from '../../../gateway/contract/panel.ts'
import { formatRelative } from '../../lib/format.ts'

/** Which credential a deployment uses; of one that was saved here, how long ago. */
export function credentialWords({ credential, credentialSavedAtMs }: Pick<PanelDeployment, 'credential' | 'credentialSavedAtMs'>, nowMs: number): string {
  if (credential === null) return 'no credential'
  return credentialSavedAtMs === null ? credential : `${credential}, key saved ${formatRelative(credentialSavedAtMs, nowMs)}`
}

/** "OPENAI_API_KEY is set" for a variable the gateway sees; what to do for one it does not. */
export function envName(variable: string, isSet: boolean): string {
  if (isSet) return ` ${variable} is set`
  return variable.trim() === ''
    ? 'Its value never leaves the gateway.'
    : `${variable} is read when the gateway calls the provider. If it is not set yet, set it and start the gateway again.`
}
