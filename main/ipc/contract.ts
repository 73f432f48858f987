// What the panel may ask of the shell: every channel with the shapes of its question and its answer, and nothing else.
// Promises: plain JSON both ways; types and names only, so that panel and preload carry no schemas. At most 20 channels.
// Leaves alone: checking what comes (schemas.ts, handle.ts), doing it (duties.ts).

export type ThemeChoice = 'system' | 'light' | 'dark'

/** The gateway as the panel may know it: without the token and the process. */
export type GatewayView =
  | { readonly kind: 'starting' }
  | { readonly kind: 'serving'; readonly baseUrl: string }
  | { readonly kind: 'port-taken'; readonly port: number; readonly owner: string | null }
  | { readonly kind: 'waiting'; readonly reason: string; readonly retryAtMs: number; readonly crashes: number }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped'; readonly reason: string | null }
export interface GatewayNews {
  /** Rises with every change. */
  readonly version: number
  readonly state: GatewayView
}
export interface AppFacts {
  readonly version: string
  readonly platform: 'linux' | 'darwin' | 'win32'
  readonly electron: string
}
export interface Autostart {
  readonly enabled: boolean
  /** Why it cannot be switched, or what the person still has to do, as a sentence; null: nothing. */
  readonly note: string | null
}
export type UpdateChoice =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'ready'; readonly version: string; readonly notes: string }
export interface SupportFile {
  readonly name: string
  readonly bytes: number
  /** Its beginning, redacted. */
  readonly excerpt: string
}
/** `file` is null when nobody chose a place. */
export interface Saved {
  readonly file: string | null
}

/** By channel: what is asked and what is answered. `null`: nothing. */
export interface Channels {
  'app-facts': { readonly asked: null; readonly answered: AppFacts }
  /** Answers at once when its version differs from `seen`, else at the next change or after half a minute. */
  'gateway-news': { readonly asked: { readonly seen: number }; readonly answered: GatewayNews }
  'gateway-restart': { readonly asked: null; readonly answered: null }
  'log-folder-open': { readonly asked: null; readonly answered: null }
  /** `path` is an address of the panel's own exports, such as `/spend/export.csv?…`. */
  'export-save': { readonly asked: { readonly path: string }; readonly answered: Saved }
  'external-open': { readonly asked: { readonly url: string }; readonly answered: { readonly opened: boolean } }
  'text-copy': { readonly asked: { readonly text: string }; readonly answered: null }
  'autostart-read': { readonly asked: null; readonly answered: Autostart }
  'autostart-write': { readonly asked: { readonly enabled: boolean }; readonly answered: Autostart }
  'update-choose': { readonly asked: null; readonly answered: UpdateChoice }
  'notification-test': { readonly asked: null; readonly answered: { readonly shown: boolean } }
  'theme-write': { readonly asked: { readonly choice: ThemeChoice }; readonly answered: null }
  'support-preview': { readonly asked: null; readonly answered: { readonly files: readonly SupportFile[] } }
  'support-save': { readonly asked: null; readonly answered: Saved }
}
export type Channel = keyof Channels
export type Asked<Name extends Channel> = Channels[Name]['asked']
export type Answered<Name extends Channel> = Channels[Name]['answered']

/** An error crosses the bridge as data: Electron would otherwise show its own words and the stack. */
export type Outcome<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: { readonly code: 'refused' | 'invalid' | 'failed'; readonly message: string } }

/** What preload.ts gives the page, as `window.tollgate`. */
export type Bridge = {
  readonly [Name in Channel as BridgeMethod<Name>]: Asked<Name> extends null
    ? () => Promise<Outcome<Answered<Name>>>
    : (asked: Asked<Name>) => Promise<Outcome<Answered<Name>>>
}
/** `gateway-news` is called gatewayNews there. */
type BridgeMethod<Name extends string> = Name extends `${infer Head}-${infer Tail}` ? `${Head}${Capitalize<BridgeMethod<Tail>>}` : Name
