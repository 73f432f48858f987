// Google's credential files: what is read from the two kinds, and how every other text is refused without repeating it.
// Leaves alone: tokens.

import { generateKeyPairSync } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseGoogleCredential } from '../../../gateway/authorize/google-credential.ts'
import { GatewayError } from '../../../gateway/contract/errors.ts'

const pemOf = (kind: 'rsa' | 'ed25519'): string =>
  (kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')).privateKey
    .export({ type: 'pkcs8', format: 'pem' })
    .toString()
const rsa = pemOf('rsa')
const account = { type: 'service_account', client_email: 'a@b.iam.gserviceaccount.com', private_key_id: 'k', private_key: rsa }
const user = { type: 'authorized_user', client_id: 'c', client_secret: 's3cr3t', refresh_token: '1//r3fr3sh', quota_project_id: 'pays' }

function refusalOf(text: string): GatewayError {
  try {
    parseGoogleCredential(text, 'Vertex AI')
  } catch (error) {
    if (error instanceof GatewayError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('parseGoogleCredential', () => {
  it('reads a service account key', () => {
    const read = parseGoogleCredential(JSON.stringify({ ...account, token_uri: 'https://oauth2.googleapis.com/token' }), 'Vertex AI')
    expect(read).toMatchObject({ kind: 'service_account', email: account.client_email, keyId: 'k', tokenUri: 'https://oauth2.googleapis.com/token' })
  })
  it('reads a private key whose line ends were written as two characters', () => {
    expect(parseGoogleCredential(JSON.stringify({ ...account, private_key: rsa.replaceAll('\n', '\\n') }), 'Vertex AI').kind).toBe('service_account')
  })
  it('reads what gcloud keeps for applications, and whose project pays', () => {
    expect(parseGoogleCredential(JSON.stringify(user), 'Vertex AI')).toMatchObject({
      kind: 'authorized_user',
      refreshToken: '1//r3fr3sh',
      quotaProject: 'pays',
    })
  })
  it.each<[string, unknown, string]>([
    ['no object', 'AIzaSyExample', 'is not the JSON of a service account key'],
    ['a list', [account], 'is not the JSON of a service account key'],
    ['no type', { ...account, type: undefined }, 'no type that is known'],
    ['a federated identity', { type: 'external_account', token_url: 'http://169.254.169.254/' }, 'external_account'],
    ['an impersonation', { type: 'impersonated_service_account' }, 'impersonates a service account'],
    ['no key', { ...account, private_key: undefined }, 'has no private_key'],
    ['half a key', { ...account, private_key: rsa.slice(0, 300) }, 'not a whole PEM text'],
    ['another key', { ...account, private_key: pemOf('ed25519') }, 'is not an RSA key'],
    ['no address', { ...account, client_email: '' }, 'has no client_email'],
    ['no refresh token', { ...user, refresh_token: 7 }, 'has no refresh_token'],
  ])('refuses a file with %s in a sentence', (_title, file, sentence) => {
    const refusal = refusalOf(typeof file === 'string' ? file : JSON.stringify(file))
    expect([refusal.code, refusal.message]).toEqual(['credential_missing', expect.stringContaining(sentence)])
  })
  it('never repeats what is in the file, whatever stands there', () => {
    const seed = 0x5eed
    const canary = 'CANARY-9f2c'
    const poisoned = fc.oneof(
      fc.string().map((text) => `${text}${canary}`),
      fc.constantFrom(...Object.keys({ ...account, ...user })).map((name) => JSON.stringify({ ...account, ...user, type: 'service_account', [name]: canary })),
    )
    fc.assert(
      fc.property(poisoned, (text) => {
        let shown = ''
        try {
          parseGoogleCredential(text, 'Vertex AI')
        } catch (error) {
          shown = error instanceof Error ? `${error.message} ${String(error.cause)} ${error.stack ?? ''}` : String(error)
        }
        expect(shown).not.toContain(canary)
      }),
      { seed },
    )
  })
})
