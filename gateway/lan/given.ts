// A certificate of the administrator's own, from its two files.
// Promises: what is expired, not yet valid, or not the key's is refused with a sentence; an end that comes near is a warning.
// Leaves alone: who signed it, which names it is for.

import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { TlsIdentity } from '../contract/lan.ts'
import { secret } from '../contract/sealed.ts'
import { LanUnusable } from './lan-unusable.ts'
import { belongsTogether } from './pair.ts'

const dayMs = 86_400_000
const noticeDays = 14

/** @throws LanUnusable */
export async function readGiven(files: { readonly certificate: string; readonly key: string }, nowMs: number): Promise<TlsIdentity> {
  const certificate = await read(files.certificate, '--lan-certificate')
  const key = secret(await read(files.key, '--lan-key'))
  const found = parse(certificate)
  const named = `The LAN certificate ${files.certificate}`
  if (found === null) throw new LanUnusable(`${named} is damaged or not PEM (-----BEGIN CERTIFICATE-----).`)
  if (!belongsTogether({ certificate, key }))
    throw new LanUnusable(`${named} and the key ${files.key} do not belong together, or the key is not plain PEM (-----BEGIN PRIVATE KEY-----).`)
  if (found.validFromDate.getTime() > nowMs) throw new LanUnusable(`${named} is not valid before ${dayOf(found.validFromDate)}.`)
  if (found.validToDate.getTime() <= nowMs) throw new LanUnusable(`${named} has expired on ${dayOf(found.validToDate)}.`)
  return { certificate, key }
}

/** Those who sign callers' certificates, as PEM. @throws LanUnusable */
export async function readCallers(path: string): Promise<string> {
  const text = await read(path, '--lan-callers')
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  if (blocks.length === 0 || blocks.some((block) => parse(block) === null))
    throw new LanUnusable(`The file ${path} that --lan-callers names holds no certificates, or a damaged one (-----BEGIN CERTIFICATE-----).`)
  return blocks.join('\n')
}

/** One sentence, from two weeks before its end. */
export function expiryWarning(certificate: string, { what, nowMs }: { readonly what: string; readonly nowMs: number }): readonly string[] {
  const end = new X509Certificate(certificate).validToDate
  const days = Math.ceil((end.getTime() - nowMs) / dayMs)
  if (days > noticeDays) return []
  return [
    days <= 0 ? `${what} has expired on ${dayOf(end)}; callers refuse it.` : `${what} expires in ${days === 1 ? 'a day or less' : `${String(days)} days`}.`,
  ]
}

const dayOf = (date: Date): string => date.toISOString().slice(0, 10)

async function read(path: string, option: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new LanUnusable(`The file ${path} that ${option} names cannot be read.`, { cause })
  }
}

function parse(certificate: string): X509Certificate | null {
  try {
    return new X509Certificate(certificate)
  } catch {
    // Whatever is wrong with it, it cannot be used.
    return null
  }
}
