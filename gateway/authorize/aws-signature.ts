// AWS Signature Version 4: the headers that let a request into any AWS service, of a body that is known whole.
// Promises: a pure function of the request as it goes over the wire; the path is encoded once more, as every service but S3 wants it.
// Leaves alone: where credentials come from; S3, signed addresses, signed streams.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html, as known 2026-11-21.

import { createHash, createHmac } from 'node:crypto'

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Of temporary credentials. */
  readonly sessionToken?: string
}
export interface AwsScope {
  readonly region: string
  readonly service: string
}
export interface UnsignedRequest {
  readonly method: string
  /** Scheme, host and port. */
  readonly origin: string
  /** As it is sent, query included. */
  readonly path: string
  /** Those to be signed beside host and date: whatever is missing here may be changed on the way. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly atMs: number
}

const algorithm = 'AWS4-HMAC-SHA256'
const ending = 'aws4_request'

/** What is to be sent beside the headers that were given: the date, the session token and the signature. */
export function signAws(request: UnsignedRequest, credentials: AwsCredentials, scope: AwsScope): Readonly<Record<string, string>> {
  // 20260102T030405Z
  const date = new Date(request.atMs).toISOString().replace(/[-:]|\.\d{3}/g, '')
  const day = date.slice(0, 8)
  const added: Record<string, string> = { 'x-amz-date': date }
  if (credentials.sessionToken !== undefined) added['x-amz-security-token'] = credentials.sessionToken
  const signed = canonicalHeaders({ ...request.headers, ...added, host: new URL(request.origin).host })
  const names = signed.map(([name]) => name).join(';')
  const place = [day, scope.region, scope.service, ending].join('/')
  const toSign = [algorithm, date, place, sha256(canonicalRequest(request, signed))].join('\n')
  const key = [day, scope.region, scope.service, ending].reduce<Buffer>(hmac, Buffer.from(`AWS4${credentials.secretAccessKey}`))
  const signature = hmac(key, toSign).toString('hex')
  return { ...added, authorization: `${algorithm} Credential=${credentials.accessKeyId}/${place}, SignedHeaders=${names}, Signature=${signature}` }
}

type Pairs = readonly (readonly [string, string])[]

function canonicalRequest({ method, path, body }: UnsignedRequest, headers: Pairs): string {
  const cut = path.indexOf('?')
  const [way, query] = cut < 0 ? [path, ''] : [path.slice(0, cut), path.slice(cut + 1)]
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('')
  return [method, canonicalPath(way), canonicalQuery(query), lines, headers.map(([name]) => name).join(';'), sha256(body)].join('\n')
}

/** Dots and empty pieces are resolved first; then what is encoded already is encoded again: `%3A` becomes `%253A`. */
function canonicalPath(path: string): string {
  const kept: string[] = []
  for (const piece of path.split('/')) {
    if (piece === '..') kept.pop()
    else if (piece !== '' && piece !== '.') kept.push(piece)
  }
  const closed = kept.length > 0 && path.endsWith('/') ? '/' : ''
  return `/${kept.map(encode).join('/')}${closed}`
}

/** Sorted by what is compared in the end: the encoded text. */
function canonicalQuery(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '')
  const encoded = pairs.map((pair): [string, string] => {
    const cut = pair.indexOf('=')
    const [name, value] = cut < 0 ? [pair, ''] : [pair.slice(0, cut), pair.slice(cut + 1)]
    return [encode(decodeURIComponent(name)), encode(decodeURIComponent(value))]
  })
  return encoded
    .sort(byText)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

function canonicalHeaders(headers: Readonly<Record<string, string>>): Pairs {
  return Object.entries(headers)
    .map(([name, value]): [string, string] => [name.toLowerCase(), value.trim().replace(/\s+/g, ' ')])
    .sort(byText)
}

const order = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0)
const byText = (left: readonly [string, string], right: readonly [string, string]): number => order(left[0], right[0]) || order(left[1], right[1])

/** Everything but letters, digits and `-._~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()
