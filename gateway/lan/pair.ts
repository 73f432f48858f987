// What a certificate and a key are, looked at together.
// Promises: reads only the first certificate of a chain, which is the server's own. Leaves alone: whether anybody trusts it.

import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { TlsIdentity } from '../contract/lan.ts'

/** Both can be read, and the key is this certificate's. */
export function belongsTogether({ certificate, key }: TlsIdentity): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key.open()))
  } catch {
    // Whatever is wrong with it, it cannot be used.
    return false
  }
}

/** SHA-256, as browsers and `openssl x509 -fingerprint -sha256` show it. */
export const fingerprintOf = (certificate: string): string => new X509Certificate(certificate).fingerprint256
