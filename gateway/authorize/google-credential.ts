// Google's credential files: a service account's key, or what `gcloud auth application-default login` leaves behind.
// Promises: a file of another kind is refused in a sentence; no message and no cause holds any of its text.
// Leaves alone: where the file is (vault), and asking for a token with it (google-token).
// Source: google-auth-library's JWTInput and its UserRefreshClient (https://github.com/googleapis/google-auth-library-nodejs, as known 2026-11-21).

import { createPrivateKey, type KeyObject } from 'node:crypto'
import { refuse, type GatewayError } from '../contract/errors.ts'
import { isJsonObject, textOf, type JsonObject } from '../contract/json.ts'

export interface ServiceAccount {
  readonly kind: 'service_account'
  readonly email: string
  readonly keyId: string | null
  readonly privateKey: KeyObject
  /** The file's own word, which is nobody's decision to call it. */
  readonly tokenUri: string | null
}
export interface AuthorizedUser {
  readonly kind: 'authorized_user'
  readonly clientId: string
  readonly clientSecret: string
  readonly refreshToken: string
  /** The project that pays for the user's calls. */
  readonly quotaProject: string | null
}
export type GoogleCredential = ServiceAccount | AuthorizedUser

const textMax = 32_768

/** `provider`: its title. @throws GatewayError credential_missing */
export function parseGoogleCredential(text: string, provider: string): GoogleCredential {
  const wrong: Wrong = (reason) => refuse('credential_missing', { provider, reason })
  const file = readObject(text)
  if (file === null) throw wrong('its credential is not the JSON of a service account key, nor of what gcloud keeps for applications')
  const kind = textOf(file['type'])
  if (kind === 'service_account') return readServiceAccount(file, wrong)
  if (kind === 'authorized_user') return readUser(file, wrong)
  throw wrong(refusedKinds.get(kind ?? '') ?? 'its credential file has no type that is known: service_account and authorized_user are')
}

const refusedKinds: ReadonlyMap<string, string> = new Map([
  // Their files name addresses to be asked, and commands to be run.
  ['external_account', 'its credential file is one of workload identity federation (external_account), which is not supported'],
  ['external_account_authorized_user', 'its credential file is one of workforce identity federation, which is not supported'],
  ['impersonated_service_account', 'its credential file impersonates a service account, which is not supported; use a key of that account'],
])

type Wrong = (reason: string) => GatewayError

function readObject(text: string): JsonObject | null {
  if (text.length > textMax) return null
  try {
    const value: unknown = JSON.parse(text)
    return isJsonObject(value) ? value : null
  } catch {
    // The parser's own message quotes the text, which is a secret.
    return null
  }
}

function readServiceAccount(file: JsonObject, wrong: Wrong): ServiceAccount {
  return {
    kind: 'service_account',
    email: member(file, 'client_email', wrong),
    keyId: textOf(file['private_key_id']) ?? null,
    privateKey: readPrivateKey(member(file, 'private_key', wrong), wrong),
    tokenUri: textOf(file['token_uri']) ?? null,
  }
}

function readPrivateKey(pem: string, wrong: Wrong): KeyObject {
  let key: KeyObject
  try {
    // Environment files keep line ends as two characters.
    key = createPrivateKey(pem.includes('\n') ? pem : pem.replaceAll('\\n', '\n'))
  } catch {
    throw wrong('the private_key of its service account cannot be read: it is not a whole PEM text')
  }
  if (key.asymmetricKeyType !== 'rsa') throw wrong('the private_key of its service account is not an RSA key')
  return key
}

function readUser(file: JsonObject, wrong: Wrong): AuthorizedUser {
  return {
    kind: 'authorized_user',
    clientId: member(file, 'client_id', wrong),
    clientSecret: member(file, 'client_secret', wrong),
    refreshToken: member(file, 'refresh_token', wrong),
    quotaProject: textOf(file['quota_project_id']) ?? null,
  }
}

function member(file: JsonObject, name: string, wrong: Wrong): string {
  const value = textOf(file[name])
  if (value === undefined || value === '') throw wrong(`its credential file has no ${name}`)
  return value
}
