// Registers the panel's private scheme: what it may do, before the app is ready, and who answers it, afterwards.
// Promises: an ordinary secure origin with fetch and streams; no bypass of the content policy, no service workers, no CORS.
// Leaves alone: the answers (scheme.ts). Electron keeps only the last list of schemes, so this is the one place that registers any.

import { protocol, session } from 'electron'
import { panelScheme } from './address.ts'
import type { PanelScheme } from './scheme.ts'

/** Before `ready`. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: panelScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true } },
  ])
}

/** After `ready`. */
export function serveScheme(scheme: PanelScheme): void {
  session.defaultSession.protocol.handle(panelScheme, scheme)
}
