// Denies whatever a page may ask of the machine: permissions, devices, the screen, pairing, downloads.
// Promises: requests and silent checks alike, present permissions and future ones. Leaves alone: what the panel may do through its channels (ipc/).
// Source: https://www.electronjs.org/docs/latest/api/session (Electron 45, as known 2026-11-21).

import type { Session } from 'electron'

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  session.setPermissionCheckHandler(() => false)
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, answer) => answer(null))
  session.setBluetoothPairingHandler((_details, answer) => answer({ confirmed: false }))
  session.setUSBProtectedClassesHandler(({ protectedClasses }) => protectedClasses)
  session.on('will-download', (event) => event.preventDefault())
}
