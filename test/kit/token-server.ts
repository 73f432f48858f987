// A token server as Google and Entra run one, over real HTTP: it checks what it is sent and keeps count of what it gave.
// Promises: a token is given only for an assertion signed with the known key and whose claims are right, a known refresh token, or a known application.
// Leaves alone: what a token is good for (the vendor asks `isValid`).

import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface TokenAnswer {
  readonly status?: number
  readonly body?: string
  readonly delayMs?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly lifetimeS?: number
  /** Break the connection instead. */
  readonly cut?: boolean
}
export interface TokenServer {
  readonly origin: string
  /** What Google's console gives for a service account, with this server as its `token_uri` unless told otherwise. */
  serviceAccount(fields?: Readonly<Record<string, unknown>>): Record<string, unknown>
  readonly application: { readonly tenant: string; readonly clientId: string; readonly clientSecret: string }
  readonly user: Readonly<Record<string, string>>
  /** Forms, in the order they came. */
  readonly asked: readonly Readonly<Record<string, string>>[]
  /** Why the last one was refused. */
  readonly refusal: string | null
  behave(next: (count: number) => TokenAnswer): void
  isValid(token: string): boolean
  /** Every token that was given is good for nothing from now on. */
  revoke(): void
  close(): Promise<void>
}

const assertionGrant = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
export const tokenScopes = { google: 'https://www.googleapis.com/auth/cloud-platform', azure: 'https://cognitiveservices.azure.com/.default' }
const email = 'gateway@example-project.iam.gserviceaccount.com'
const application = { tenant: 'contoso.onmicrosoft.com', clientId: '11111111-2222-3333-4444-555555555555', clientSecret: 'entra~secret~8Q8' }
const user = { type: 'authorized_user', client_id: 'gcloud-client', client_secret: 'gcloud-client-secret', refresh_token: '1//refresh-token-of-a-user' }

export async function startTokenServer(): Promise<TokenServer> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const asked: Record<string, string>[] = []
  const given = new Set<string>()
  let refusal: string | null = null
  let behaviourOf: (count: number) => TokenAnswer = () => ({})
  const server = createServer((message, response) => void answer(message, response))
  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const pieces: Buffer[] = []
    for await (const piece of message) pieces.push(piece as Buffer)
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(pieces).toString('utf8')))
    asked.push(form)
    const behaviour = behaviourOf(asked.length)
    if (behaviour.delayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, behaviour.delayMs))
    if (behaviour.cut === true) return void response.destroy()
    refusal =
      message.headers['content-type'] === 'application/x-www-form-urlencoded'
        ? judge(form, { path: message.url ?? '', publicPem, origin })
        : 'the body is no form'
    const token = `token-${String(asked.length)}-${Math.random().toString(36).slice(2)}`
    if (refusal === null && behaviour.body === undefined && behaviour.status === undefined) given.add(token)
    const own =
      refusal === null
        ? { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: behaviour.lifetimeS ?? 3599 } }
        : { status: 400, body: { error: 'invalid_grant', error_description: refusal } }
    response.writeHead(behaviour.status ?? own.status, { 'content-type': 'application/json', ...behaviour.headers })
    response.end(behaviour.body ?? JSON.stringify(own.body))
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    origin,
    asked,
    application,
    user,
    serviceAccount: (fields = {}) => ({
      type: 'service_account',
      project_id: 'example-project',
      private_key_id: 'key-1',
      private_key: pem,
      client_email: email,
      client_id: '100000000000000000001',
      token_uri: `${origin}/token`,
      ...fields,
    }),
    get refusal() {
      return refusal
    },
    behave: (next) => void (behaviourOf = next),
    isValid: (token) => given.has(token),
    revoke: () => given.clear(),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Place {
  readonly path: string
  readonly publicPem: string
  readonly origin: string
}

/** Why no token is given, or null. */
function judge(form: Readonly<Record<string, string>>, place: Place): string | null {
  if (form['grant_type'] === assertionGrant) return place.path === '/token' ? judgeAssertion(form['assertion'] ?? '', place) : `no such path ${place.path}`
  if (form['grant_type'] === 'refresh_token') {
    const known = form['client_id'] === user.client_id && form['client_secret'] === user.client_secret && form['refresh_token'] === user.refresh_token
    return known ? null : 'Token has been expired or revoked.'
  }
  if (form['grant_type'] !== 'client_credentials') return 'unsupported grant'
  if (place.path !== `/${application.tenant}/oauth2/v2.0/token`) return `no such tenant at ${place.path}`
  if (form['client_id'] !== application.clientId || form['client_secret'] !== application.clientSecret) return 'Invalid client secret provided.'
  return form['scope'] === tokenScopes.azure ? null : 'invalid scope'
}

const clockSkewS = 60

function judgeAssertion(assertion: string, { publicPem, origin }: Place): string | null {
  const [header = '', claims = '', signature = ''] = assertion.split('.')
  const read = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString('utf8')) as Record<string, unknown>
  if (read(header)['alg'] !== 'RS256' || read(header)['kid'] !== 'key-1') return 'Invalid JWT header.'
  const signed = verify('sha256', Buffer.from(`${header}.${claims}`), createPublicKey(publicPem), Buffer.from(signature, 'base64url'))
  if (!signed) return 'Invalid JWT Signature.'
  const { iss, scope, aud, iat, exp } = read(claims)
  if (iss !== email) return 'Invalid grant: account not found'
  if (scope !== tokenScopes.google) return 'Invalid OAuth scope'
  if (aud !== `${origin}/token`) return 'Invalid JWT: audience'
  const nowS = Date.now() / 1000
  const timely = typeof iat === 'number' && typeof exp === 'number' && iat <= nowS + clockSkewS && exp > nowS && exp - iat <= 3600
  return timely ? null : 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe.'
}
