// X.509 certificates made on the spot: an authority, servers and clients signed by it.
// Promises: nothing outside Node is needed; every run has keys of its own, valid for a day. Leaves alone: where they are written.
// Source: RFC 5280 (structure), RFC 5480 (keys on P-256), as known 2026-11-21.

import { createPrivateKey, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'

export interface Issued {
  /** PEM. */
  readonly certificate: string
  readonly key: string
  /** The same key under a passphrase. */
  locked(passphrase: string): string
}
export interface Authority extends Issued {
  issue(name: string, options?: { readonly dns?: readonly string[]; readonly addresses?: readonly (readonly number[])[] }): Issued
}

export function createAuthority(name: string): Authority {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const certificate = toCertificate({ subject: name, issuer: name, publicKey: keys.publicKey, signer: keys.privateKey, extensions: [authorityMark] })
  return {
    ...toIssued(certificate, keys.privateKey),
    issue(subject, { dns = [], addresses = [] } = {}) {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const names = [...dns.map((text) => tagged(0x82, Buffer.from(text))), ...addresses.map((bytes) => tagged(0x87, Buffer.from(bytes)))]
      const extensions = names.length === 0 ? [] : [extension('551d11', sequence(...names))]
      return toIssued(toCertificate({ subject, issuer: name, publicKey: own.publicKey, signer: keys.privateKey, extensions }), own.privateKey)
    },
  }
}

function toIssued(certificate: Buffer, privateKey: KeyObject): Issued {
  const text = certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd()
  return {
    certificate: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
    locked: (passphrase) =>
      String(createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' })).export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase })),
  }
}

interface Facts {
  readonly subject: string
  readonly issuer: string
  readonly publicKey: KeyObject
  readonly signer: KeyObject
  readonly extensions: readonly Buffer[]
}

function toCertificate({ subject, issuer, publicKey, signer, extensions }: Facts): Buffer {
  const algorithm = sequence(identifier('2a8648ce3d040302'))
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(15)])
  const dayMs = 24 * 60 * 60 * 1000
  const facts = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    algorithm,
    nameOf(issuer),
    sequence(time(Date.now() - dayMs), time(Date.now() + dayMs)),
    nameOf(subject),
    publicKey.export({ format: 'der', type: 'spki' }),
    ...(extensions.length === 0 ? [] : [tagged(0xa3, sequence(...extensions))]),
  )
  return sequence(facts, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', facts, signer)])))
}

const nameOf = (text: string): Buffer => sequence(tagged(0x31, sequence(identifier('550403'), tagged(0x0c, Buffer.from(text)))))
const time = (ms: number): Buffer => tagged(0x17, Buffer.from(`${new Date(ms).toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`))
const identifier = (hex: string): Buffer => tagged(0x06, Buffer.from(hex, 'hex'))
const extension = (hex: string, value: Buffer): Buffer => sequence(identifier(hex), tagged(0x04, value))
/** It may sign others (basicConstraints). */
const authorityMark = extension('551d13', Buffer.from('30030101ff', 'hex'))

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts))
}

function tagged(tag: number, value: Buffer): Buffer {
  const { length } = value
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), value])
}
