// The way out, from the configuration file and the environment: which proxy, whom to trust, which certificates to show.
// Promises: every file is read and understood at start, or the start stops with one sentence that names it; a file's word wins over the environment's;
// no sentence holds a password.
// Leaves alone: what the file's keys are called (read-network), connections (egress/).
// Source: https://docs.litellm.ai/docs/guides/security_settings and https://nodejs.org/api/cli.html#node_extra_ca_certsfile, as known 2026-11-21.

import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { CertificateFiles, ClientCertificate, FileNetwork, NetworkSettings, Proxy } from '../contract/network.ts'
import { secret, type Secret } from '../contract/sealed.ts'
import { ConfigRefusal } from './config-refusal.ts'

export interface Variables {
  readonly readVariable: (name: string) => string | undefined
  /** What the file's own `environment_variables` say, by `os.environ/NAME`. */
  readonly fileVariables: ReadonlyMap<string, Secret>
}

/** @throws ConfigRefusal */
export function readNetwork(file: FileNetwork | null, { readVariable, fileVariables }: Variables): NetworkSettings {
  // Both spellings are in use; the lower one is older and wins, as in curl.
  const variable = (name: string): string | undefined =>
    readVariable(name.toLowerCase()) ?? readVariable(name) ?? fileVariables.get(`os.environ/${name}`)?.open()
  const proxy = (given: Secret | null | undefined, name: string): Proxy | null => {
    const text = given?.open() ?? variable(name)
    return text === undefined || text.trim() === '' ? null : toProxy(text.trim(), given === null || given === undefined ? name : name.toLowerCase())
  }
  const trusted = file?.authorities == null ? [variable('SSL_CERT_FILE'), variable('NODE_EXTRA_CA_CERTS')] : [file.authorities]
  const own = variable('SSL_CERTIFICATE')
  const certificate = file?.certificate ?? (own === undefined ? null : { certificate: own, key: own, passphrase: null })
  return {
    proxy: {
      https: proxy(file?.httpsProxy, 'HTTPS_PROXY'),
      http: proxy(file?.httpProxy, 'HTTP_PROXY'),
      direct: (file?.noProxy ?? variable('NO_PROXY') ?? '').split(/[\s,]+/).filter((entry) => entry !== ''),
    },
    authorities: [...new Set(trusted)].flatMap((path) => (path === undefined ? [] : readAuthorities(path))),
    certificate: certificate === null ? null : toCertificate(certificate),
    certificates: new Map([...(file?.certificates ?? [])].map(([name, files]) => [name, toCertificate(files)])),
  }
}

/** `http://user:password@proxy.example:3128`; without a scheme it is http, as everywhere. */
function toProxy(text: string, name: string): Proxy {
  const url = URL.parse(text.includes('://') ? text : `http://${text}`)
  if (url === null || url.hostname === '') throw refusal(`The proxy in ${name} is not an address; write it as http://proxy.example:3128`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw refusal(`The proxy in ${name} must be reached by http:// or https://, not ${url.protocol.slice(0, 20)}//`)
  if (url.pathname.length > 1 || url.search !== '') throw refusal(`The proxy in ${name} must be an address without a path`)
  if (url.username === '') return { origin: url.origin, authorization: null }
  return {
    origin: url.origin,
    authorization: secret(`Basic ${Buffer.from(`${decoded(url.username, name)}:${decoded(url.password, name)}`).toString('base64')}`),
  }
}

function decoded(text: string, name: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // What stands there is not repeated: it is a password.
    throw refusal(`The user or password of the proxy in ${name} is not percent-encoded correctly`)
  }
}

const block = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g

function readAuthorities(path: string): readonly string[] {
  const blocks = readText(path, 'certificates to trust').match(block) ?? []
  if (blocks.length === 0) throw refusal(`The file ${path} holds no certificates to trust; it must hold PEM blocks (-----BEGIN CERTIFICATE-----)`)
  for (const [index, one] of blocks.entries()) {
    if (!isCertificate(one)) throw refusal(`Certificate ${index + 1} in the file ${path} is damaged`)
  }
  return blocks
}

function isCertificate(text: string): boolean {
  try {
    return new X509Certificate(text) instanceof X509Certificate
  } catch {
    // Whatever is wrong with it, it cannot be used.
    return false
  }
}

function toCertificate({ certificate, key, passphrase }: CertificateFiles): ClientCertificate {
  const read = { certificate: readText(certificate, 'client certificate'), key: readText(key, 'key of the client certificate') }
  const { createSecureContext } = process.getBuiltinModule('node:tls')
  try {
    createSecureContext({ cert: read.certificate, key: read.key, ...(passphrase === null ? {} : { passphrase: passphrase.open() }) })
  } catch (error) {
    throw refusal(`The client certificate ${certificate} cannot be used: ${wordsFor(error, passphrase !== null)}`, error)
  }
  return { certificate: read.certificate, key: secret(read.key), passphrase }
}

/** OpenSSL's codes (https://nodejs.org/api/errors.html#openssl-error-codes, as known 2026-11-21). */
function wordsFor(error: unknown, hasPassphrase: boolean): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') return 'its key is the key of another certificate'
  if (locked.test(code))
    return hasPassphrase ? 'the passphrase of its key is wrong' : 'its key needs a passphrase, which ssl_key_passphrase can name (os.environ/NAME)'
  return code === 'ERR_OSSL_PEM_NO_START_LINE' ? 'it or its key is not PEM' : `it or its key is damaged (${code.slice(0, 60)})`
}
const locked = /^ERR_OSSL_(?:EVP|BAD_DECRYPT|PEM_BAD_PASSWORD_READ|CRYPTO_INTERRUPTED_OR_CANCELLED)|^ERR_MISSING_PASSPHRASE$/

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    throw refusal(`The file ${path} with the ${what} cannot be read: ${faults.get(code) ?? code}`, error)
  }
}

const faults: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EISDIR', 'it is a folder'],
  ['EACCES', 'this user may not read it'],
])

const refusal = (text: string, cause?: unknown): ConfigRefusal => new ConfigRefusal(`${text}.`, [{ line: null, text }], cause)
