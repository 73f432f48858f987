// How the outside is reached: the proxy on the way, who is trusted, and who we are to servers that ask.
// Promises: everything was read and checked at start; keys, passphrases and the proxy's password are sealed.
// Leaves alone: where the settings stood (intake/), connections (egress/).

import type { Secret } from './sealed.ts'

/** A forward proxy: `http://proxy.example:3128`. */
export interface Proxy {
  readonly origin: string
  /** The value of `proxy-authorization`; null: it asks for none. */
  readonly authorization: Secret | null
}
export interface ProxySettings {
  /** For servers that are reached with TLS. */
  readonly https: Proxy | null
  readonly http: Proxy | null
  /** Hosts that are reached without them, in the spellings of `NO_PROXY`. Loopback always is. */
  readonly direct: readonly string[]
}

/** Where a client certificate stands. Certificate and key may be one file. */
export interface CertificateFiles {
  readonly certificate: string
  readonly key: string
  readonly passphrase: Secret | null
}
/** PEM. */
export interface ClientCertificate {
  readonly certificate: string
  readonly key: Secret
  readonly passphrase: Secret | null
}

/** What a configuration file says of the network, not looked at yet. A field that is null is left to the environment. */
export interface FileNetwork {
  readonly httpsProxy: Secret | null
  readonly httpProxy: Secret | null
  readonly noProxy: string | null
  readonly authorities: string | null
  /** For servers of which nothing else is said. */
  readonly certificate: CertificateFiles | null
  /** Of single deployments, by `certificateName`. */
  readonly certificates: ReadonlyMap<string, CertificateFiles>
}

export interface NetworkSettings {
  readonly proxy: ProxySettings
  /** PEM certificates that are trusted beside those this runtime knows. */
  readonly authorities: readonly string[]
  readonly certificate: ClientCertificate | null
  readonly certificates: ReadonlyMap<string, ClientCertificate>
}

export const plainNetwork: NetworkSettings = Object.freeze({
  proxy: { https: null, http: null, direct: [] },
  authorities: [],
  certificate: null,
  certificates: new Map(),
})

/** A deployment's certificate, as `NetworkSettings.certificates` knows it. */
export const certificateName = (certificate: string, key: string | undefined): string => `${certificate}\n${key ?? certificate}`
