// What a configuration file says of the way out: a proxy, certificates to trust, certificates to show.
// Promises: LiteLLM's names where it has them (`ssl_verify`, `ssl_certificate`), ours beside them (`https_proxy`, `http_proxy`, `no_proxy`, `ssl_key`,
// `ssl_key_passphrase`); certificates are always checked, whoever asks for less is told so.
// Leaves alone: reading the files, and the environment (network-settings). Source: https://docs.litellm.ai/docs/guides/security_settings, as known 2026-11-21.

import { textOf, type Json, type JsonObject } from '../contract/json.ts'
import { certificateName, type CertificateFiles, type FileNetwork } from '../contract/network.ts'
import { secret, type Secret } from '../contract/sealed.ts'
import type { DeploymentEntry } from '../contract/store.ts'
import { note, type Note, type Path } from './notes.ts'
import { readBoolean } from './values.ts'

export interface NetworkSections {
  readonly litellm: JsonObject
  readonly general: JsonObject
  readonly notes: Note[]
  /** A text, `os.environ/NAME` resolved; null: nothing is said. */
  readonly readText: (path: Path, raw: Json | undefined) => string | null
}

export function readFileNetwork(sections: NetworkSections): FileNetwork {
  const { litellm, general } = sections
  const proxy = (key: string): Secret | null => {
    const text = sections.readText(['general_settings', key], general[key])
    if (text === null) return null
    if (text === general[key] && text.includes('@'))
      sections.notes.push(note('warning', ['general_settings', key], 'holds the password of the proxy; write os.environ/NAME and set that variable instead'))
    return secret(text)
  }
  return {
    httpsProxy: proxy('https_proxy'),
    httpProxy: proxy('http_proxy'),
    noProxy: sections.readText(['general_settings', 'no_proxy'], general['no_proxy']),
    authorities: readAuthorities(litellm['ssl_verify'], sections),
    certificate: readCertificate(litellm, sections),
    certificates: new Map(),
  }
}

function readAuthorities(raw: Json | undefined, { notes, readText }: NetworkSections): string | null {
  const path = ['litellm_settings', 'ssl_verify']
  const said = readBoolean(raw)
  if (said === undefined) return readText(path, raw)
  if (!said)
    notes.push(note('warning', path, 'asks not to check certificates, which are always checked here; name a file with the certificates to trust instead'))
  return null
}

function readCertificate(litellm: JsonObject, { readText, notes }: NetworkSections): CertificateFiles | null {
  const text = (key: string): string | null => readText(['litellm_settings', key], litellm[key])
  const [certificate, key, passphrase] = [text('ssl_certificate'), text('ssl_key'), text('ssl_key_passphrase')]
  if (certificate === null) {
    if (key !== null) notes.push(note('mistake', ['litellm_settings', 'ssl_key'], 'has no effect without ssl_certificate'))
    return null
  }
  if (passphrase !== null && passphrase === litellm['ssl_key_passphrase'])
    notes.push(note('mistake', ['litellm_settings', 'ssl_key_passphrase'], 'must be os.environ/NAME'))
  return { certificate, key: key ?? certificate, passphrase: passphrase === null ? null : secret(passphrase) }
}

/** Those that `litellm_params` of single deployments name. */
export function readDeploymentCertificates(
  entries: readonly Pick<DeploymentEntry, 'params'>[],
  readVariable: (name: string) => string | undefined,
): ReadonlyMap<string, CertificateFiles> {
  return new Map(
    entries.flatMap(({ params }): [string, CertificateFiles][] => {
      const certificate = textOf(params['ssl_certificate'])
      if (certificate === undefined) return []
      const key = textOf(params['ssl_key'])
      const passphrase = readVariable(textOf(params['ssl_key_passphrase'])?.slice('os.environ/'.length) ?? '')
      const files = { certificate, key: key ?? certificate, passphrase: passphrase === undefined ? null : secret(passphrase) }
      return [[certificateName(certificate, key), files]]
    }),
  )
}
