// Signatures are those of AWS's own signer (@smithy/signature-v4), for the situations that AWS's published suite is about and for random requests.
// Leaves alone: S3, whose paths are signed in another way.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { signAws, type AwsCredentials, type UnsignedRequest } from '../../../gateway/authorize/aws-signature.ts'
import { signByReference } from '../../kit/reference-signature.ts'

const credentials: AwsCredentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const scope = { region: 'us-east-1', service: 'service' }
const plain: UnsignedRequest = {
  method: 'GET',
  origin: 'https://example.amazonaws.com',
  path: '/',
  headers: {},
  body: new Uint8Array(),
  atMs: Date.UTC(2015, 7, 30, 12, 36),
}

it('makes the signature that AWS publishes for the plainest request', () => {
  // `get-vanilla` of the Signature Version 4 test suite (https://github.com/awslabs/aws-c-auth, tests/aws-signing-test-suite/v4, as known 2026-11-21).
  expect(signAws(plain, credentials, scope)).toEqual({
    'x-amz-date': '20150830T123600Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, ' +
      'Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  })
})

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf8' }
const situations: readonly (readonly [string, Partial<UnsignedRequest>])[] = [
  ['one header twice', { headers: { 'my-header1': 'value2,value2,value1' } }],
  ['a header over several lines', { headers: { 'my-header1': 'value1\n  value2\n     value3' } }],
  ['blanks around and within values', { headers: { 'my-header1': ' value1', 'my-header2': ' "a   b   c" ' } }],
  ['names in capitals', { method: 'POST', headers: { 'My-Header1': 'VALUE1' } }],
  ['a way up', { path: '/one/two/../..' }],
  ['a way up to a folder', { path: '/one/../two/' }],
  ['a pointless dot', { path: '/./example' }],
  ['a dot and a slash', { path: '/./' }],
  ['two slashes', { path: '//example//' }],
  ['blanks in the path', { path: '/example space/' }],
  ['every unreserved character', { path: '/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz' }],
  ['UTF-8 in the path', { path: '/ሴ' }],
  ['UTF-8 in the query', { path: '/?ሴ=bar' }],
  ['no query after the mark', { path: '/?' }],
  ['a name without a value', { path: '/?Param1=' }],
  ['names in another order', { path: '/?Param2=value2&Param1=value1' }],
  ['one name twice', { path: '/?Param1=value2&Param1=Value1' }],
  ['encoded names are sorted as encoded', { path: '/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1' }],
  ['a form', { method: 'POST', headers: form, body: Buffer.from('Param1=value1') }],
  ['a model with a version', { method: 'POST', path: '/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse' }],
  ['an ARN as model', { method: 'POST', path: '/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Ainference-profile%2Fabc/invoke-with-response-stream' }],
  ['a port', { origin: 'http://127.0.0.1:4010' }],
  ['a port that goes without saying', { origin: 'https://example.amazonaws.com:443' }],
]

it.each(situations)('signs as AWS does: %s', async (_title, change) => {
  const request = { ...plain, ...change }
  const reference = await signByReference(request, credentials, scope)
  expect(signAws(request, credentials, scope)['authorization']).toBe(reference['authorization'])
})

it('encodes the path once more than it is sent', () => {
  const sent = (path: string): string | undefined => signAws({ ...plain, path }, credentials, scope)['authorization']
  expect(sent('/model/a%3A0/converse')).not.toBe(sent('/model/a:0/converse'))
})

it('sends and signs the token of temporary credentials', async () => {
  const temporary = { ...credentials, sessionToken: 'AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22w==' }
  const added = signAws(plain, temporary, scope)
  expect(added['x-amz-security-token']).toBe(temporary.sessionToken)
  expect(added['authorization']).toContain('SignedHeaders=host;x-amz-date;x-amz-security-token,')
  expect(added['authorization']).toBe((await signByReference(plain, temporary, scope))['authorization'])
})

const piece = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }).map(encodeURIComponent),
  fc.constantFrom('', '.', '..', 'a:b', '(x)*', "o'clock!", '%2F', '%253A'),
)
const token = fc.string({ unit: fc.constantFrom(...'abcXYZ019-'), minLength: 1, maxLength: 10 })
const value = fc.string({ unit: fc.constantFrom(...'aZ09 \t,;"=/ü'), maxLength: 20 })
const word = fc.string({ unit: 'grapheme', maxLength: 8 }).map(encodeURIComponent)
const randomRequest = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT'),
  origin: fc.constantFrom('https://bedrock-runtime.eu-west-1.amazonaws.com', 'http://localhost:4566', 'https://[::1]:8443'),
  path: fc
    .tuple(fc.array(piece, { maxLength: 6 }), fc.array(fc.tuple(word, word), { maxLength: 5 }))
    .map(([pieces, pairs]) => `/${pieces.join('/')}${pairs.length === 0 ? '' : `?${pairs.map((pair) => pair.join('=')).join('&')}`}`),
  headers: fc.dictionary(
    token.map((name) => `x-${name.toLowerCase()}`),
    value,
    { maxKeys: 5 },
  ),
  body: fc.uint8Array({ maxLength: 200 }),
  atMs: fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }).map((date) => date.getTime()),
})
const randomCredentials = fc.record(
  { accessKeyId: token, secretAccessKey: fc.string({ minLength: 1, maxLength: 50 }), sessionToken: token },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
)

it('signs any request as AWS does', async () => {
  await fc.assert(
    fc.asyncProperty(randomRequest, randomCredentials, fc.record({ region: token, service: token }), async (request, who, where) => {
      expect(signAws(request, who, where)['authorization']).toBe((await signByReference(request, who, where))['authorization'])
    }),
    { numRuns: 500 },
  )
})
