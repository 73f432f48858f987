// Makes certificates: an authority of our own, and what it signs for this machine.
// Promises: P-256 keys from the system's randomness; the authority may sign end certificates only; a leaf is for servers, for the given names, and
// never outlives its authority.
// Leaves alone: where they are kept, when a new one is due.
// Source: RFC 5280 (profile), CA/Browser Forum Baseline Requirements 7.1 (serial numbers), as known 2026-11-21.

import './reflect-metadata.ts'
import { createPrivateKey, KeyObject, randomBytes, webcrypto } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { LanNames, TlsIdentity } from '../contract/lan.ts'
import { secret } from '../contract/sealed.ts'

const dayMs = 86_400_000
/** Other machines' clocks are not ours. */
const earlierMs = dayMs
const authorityDays = 3653
const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' }

export interface Times {
  readonly nowMs: number
  readonly leafMs: number
}

export async function makeAuthority(machine: string, nowMs: number): Promise<TlsIdentity> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [`Tollgate on ${nameable(machine)} (${randomBytes(3).toString('hex')})`] }],
    ...validity(nowMs, nowMs + authorityDays * dayMs),
    keys,
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { certificate: pem(certificate), key: keyText(keys.privateKey) }
}

/** For servers of these names; its chain ends with the authority. */
export async function issueLeaf(authority: TlsIdentity, names: LanNames, { nowMs, leafMs }: Times): Promise<TlsIdentity> {
  const issuer = new X509Certificate(authority.certificate)
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const [first = 'Tollgate'] = [...names.dns, ...names.addresses]
  const certificate = await X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: [{ CN: [nameable(first)] }],
    issuer: issuer.subjectName,
    ...validity(nowMs, Math.min(nowMs + leafMs, issuer.notAfter.getTime())),
    publicKey: keys.publicKey,
    signingKey: createPrivateKey(authority.key.open()).toCryptoKey(algorithm, false, ['sign']),
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      new SubjectAlternativeNameExtension([
        ...names.dns.map((value) => ({ type: 'dns' as const, value })),
        ...names.addresses.map((value) => ({ type: 'ip' as const, value })),
      ]),
    ],
  })
  return { certificate: `${pem(certificate)}${authority.certificate}`, key: keyText(keys.privateKey) }
}

/** A common name holds at most 64 characters (RFC 5280, appendix A). */
const nameable = (text: string): string => text.slice(0, 40)
const validity = (nowMs: number, untilMs: number): { notBefore: Date; notAfter: Date } => ({
  notBefore: new Date(nowMs - earlierMs),
  notAfter: new Date(untilMs),
})
const pem = (certificate: X509Certificate): string => `${certificate.toString('pem')}\n`
const keyText = (key: webcrypto.CryptoKey): TlsIdentity['key'] => secret(String(KeyObject.from(key).export({ format: 'pem', type: 'pkcs8' })))

/** Positive, and never of a length that shows its value. */
function serialNumber(): string {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes.toString('hex')
}
