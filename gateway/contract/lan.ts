// LAN mode: what was asked for, who the gateway is there, and what the panel and the greeting say of it.
// Promises: null stands for "off" everywhere. Leaves alone: certificates (lan/), sockets (door/).

import type { Secret } from './sealed.ts'

/** A second entrance, by TLS, on an address that other machines reach. */
export interface LanConfig {
  /** IPv4 or IPv6, without brackets; `0.0.0.0` and `::` stand for every address of this machine. */
  readonly address: string
  readonly port: number
  /** Paths of a certificate of the administrator's own; null: one by our own authority. */
  readonly certificate: { readonly certificate: string; readonly key: string } | null
  /** Path of those who sign callers' certificates; null: callers need none. */
  readonly callers: string | null
  /** The panel and the admin routes answer there, too. */
  readonly panel: boolean
  /** Further names, or addresses, for the certificate and the Host header; lower case. */
  readonly names: readonly string[]
}

/** By which this machine may be called there. */
export interface LanNames {
  readonly dns: readonly string[]
  readonly addresses: readonly string[]
}

/** PEM. */
export interface TlsIdentity {
  /** Its own certificate first, then those who signed it. */
  readonly certificate: string
  readonly key: Secret
  /** Whoever calls must show a certificate by one of these; absent: a key is enough. */
  readonly callers?: string
}

/** What people are shown while it is on. */
export interface LanState {
  /** `https://192.168.1.5:4443` */
  readonly url: string
  /** SHA-256: of our own authority, or of the certificate that was given. */
  readonly fingerprint: string
  /** `GET /panel/lan/authority.pem` gives it. */
  readonly ownAuthority: boolean
  /** The panel and the admin routes answer there, too. */
  readonly panel: boolean
}

export interface LanPort {
  /** null: it is off. */
  state(): LanState | null
  /** PEM; null: off, or a certificate from elsewhere. */
  authority(): string | null
  /** Sentences for whoever looks after this gateway. */
  warnings(): readonly string[]
}
