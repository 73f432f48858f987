// `session`: what a page may ask of the machine, and what becomes of downloads.
// Promises: without a listener a permission is granted, a check passes and a download goes on, as in Electron; drivers ask as a page would.
// Leaves alone: cookies, caches, proxies. Source: https://www.electronjs.org/docs/latest/api/session (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'
import { EventEmitter } from 'node:events'
import { app } from './app.ts'
import { preventable } from './event.ts'
import { protocol } from './protocol.ts'

type Used =
  | 'setBluetoothPairingHandler'
  | 'setDevicePermissionHandler'
  | 'setDisplayMediaRequestHandler'
  | 'setPermissionCheckHandler'
  | 'setPermissionRequestHandler'
  | 'setSpellCheckerEnabled'
  | 'setUSBProtectedClassesHandler'

type Listener<Name extends Used> = Parameters<Electron.Session[Name]>[0]

/** What a permission listener is told of a page. */
interface AskingPage {
  getURL(): string
}

export class StandInSession extends EventEmitter {
  readonly protocol = protocol
  spellChecker = true
  #request: Listener<'setPermissionRequestHandler'> = null
  #check: Listener<'setPermissionCheckHandler'> = null
  #device: Listener<'setDevicePermissionHandler'> = null
  #display: Listener<'setDisplayMediaRequestHandler'> = null
  #bluetooth: Listener<'setBluetoothPairingHandler'> = null
  #usb: Listener<'setUSBProtectedClassesHandler'> = null

  setPermissionRequestHandler(listener: Listener<'setPermissionRequestHandler'>): void {
    this.#request = listener
  }
  setPermissionCheckHandler(listener: Listener<'setPermissionCheckHandler'>): void {
    this.#check = listener
  }
  setDevicePermissionHandler(listener: Listener<'setDevicePermissionHandler'>): void {
    this.#device = listener
  }
  setDisplayMediaRequestHandler(listener: Listener<'setDisplayMediaRequestHandler'>): void {
    this.#display = listener
  }
  setBluetoothPairingHandler(listener: Listener<'setBluetoothPairingHandler'>): void {
    this.#bluetooth = listener
  }
  setUSBProtectedClassesHandler(listener: Listener<'setUSBProtectedClassesHandler'>): void {
    this.#usb = listener
  }
  setSpellCheckerEnabled(enable: boolean): void {
    this.spellChecker = enable
  }

  /** A page asks: `navigator.permissions.query`, and the silent checks before an interface is used. */
  checkPermission(contents: AskingPage | null, permission: string): boolean {
    const asked = { isMainFrame: true, requestingUrl: contents?.getURL() ?? '', securityOrigin: 'app://panel' }
    const name = permission as Parameters<NonNullable<Listener<'setPermissionCheckHandler'>>>[1]
    return this.#check === null ? true : this.#check(contents as unknown as Electron.WebContents, name, 'app://panel', asked)
  }
  async requestPermission(contents: AskingPage, permission: string): Promise<boolean> {
    if (this.#request === null) return true
    const { promise, resolve } = Promise.withResolvers<boolean>()
    const name = permission as Parameters<NonNullable<Listener<'setPermissionRequestHandler'>>>[1]
    this.#request(contents as unknown as Electron.WebContents, name, resolve, { requestingUrl: contents.getURL(), isMainFrame: true })
    return await promise
  }
  /** Electron remembers no device by default. */
  allowsDevice(deviceType: 'hid' | 'serial' | 'usb'): boolean {
    return this.#device?.({ deviceType, origin: 'app://panel', device: {} as Electron.HIDDevice }) ?? false
  }
  /** Rejects as `getDisplayMedia` does when nothing is shared. */
  async shareScreen(): Promise<Electron.Streams | null> {
    if (this.#display === null) throw new Error('NotSupportedError: Not supported')
    const { promise, resolve } = Promise.withResolvers<Electron.Streams | null>()
    this.#display({ frame: null, securityOrigin: 'app://panel', videoRequested: true, audioRequested: false, userGesture: true }, resolve)
    return await promise
  }
  async pairBluetooth(): Promise<boolean> {
    if (this.#bluetooth === null) return false
    const { promise, resolve } = Promise.withResolvers<Electron.Response>()
    this.#bluetooth({ deviceId: '00:11', pairingKind: 'confirm', frame: null }, resolve)
    return (await promise).confirmed
  }
  protectedUsbClasses(): readonly string[] {
    const usual: Electron.USBProtectedClassesHandlerHandlerDetails['protectedClasses'] = [
      'audio',
      'audio-video',
      'hid',
      'mass-storage',
      'smart-card',
      'video',
      'wireless',
    ]
    return this.#usb?.({ protectedClasses: usual }) ?? usual
  }
  /** A download begins; false: it was prevented. */
  download(contents: AskingPage, url: string): boolean {
    const event = preventable({})
    this.emit('will-download', event, { getURL: () => url }, contents)
    return !event.defaultPrevented
  }
}

let standing = new StandInSession() satisfies Pick<Electron.Session, Used>
export const session = {
  get defaultSession(): StandInSession {
    if (!app.isReady()) throw new Error('Session can only be received when app is ready')
    return standing
  },
  /** Every partition is another one; Tollgate has none but the default. */
  fromPartition: () => new StandInSession(),
}
export function resetSession(): void {
  standing = new StandInSession()
}
/** As the window's own look-up, without the check for `ready`. */
export const currentSession = (): StandInSession => standing
