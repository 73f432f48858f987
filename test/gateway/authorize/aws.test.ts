// AWS's way of proving who pays: which keys sign, and for whom.
// Promises: signatures are those of AWS's own signer; keys nobody named go to AWS alone; a profile is read from real files at the moment of use.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createAwsProfiles } from '../../../gateway/authorize/aws-profile.ts'
import { createAws } from '../../../gateway/authorize/aws.ts'
import type { AuthorizeOrder, Outgoing } from '../../../gateway/contract/authorize.ts'
import { createVault } from '../../../gateway/vault/vault.ts'
import { signByReference } from '../../kit/reference-signature.ts'

const home = 'https://bedrock-runtime.eu-west-1.amazonaws.com'
const elsewhere = 'https://gateway.example'
const atMs = Date.UTC(2026, 10, 21, 9, 8, 7)
const keys = { aws_access_key_id: 'AKIDGIVEN', aws_secret_access_key: 'given-secret' }

let folder: string
const variables = new Map<string, string>()
const readVariable = (name: string): string | undefined => variables.get(name)
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'tollgate-aws-'))
  variables.set('AWS_SHARED_CREDENTIALS_FILE', path.join(folder, 'credentials'))
  variables.set('AWS_CONFIG_FILE', path.join(folder, 'config'))
  await writeFile(
    path.join(folder, 'credentials'),
    '# keys\n[default]\naws_access_key_id = AKIDDEFAULT\naws_secret_access_key=default/secret+with=signs ; mine\n\n[ work ]\r\naws_access_key_id=AKIDWORK\r\naws_secret_access_key=work-secret\r\naws_session_token=work-token\r\n',
    { mode: 0o600 },
  )
  await writeFile(
    path.join(folder, 'config'),
    '[profile role]\nrole_arn = arn:aws:iam::1:role/x\n[profile half]\nregion = eu-west-1\n[profile in-config]\naws_access_key_id = AKIDCONFIG\naws_secret_access_key = config-secret\n',
    { mode: 0o600 },
  )
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

const vault = createVault({ readVariable, literals: new Map(), timeoutMs: 1000 })
const aws = createAws({ readProfile: createAwsProfiles({ readSecret: vault.read, readVariable }), clock: { nowMs: () => atMs } })
const order = (change: Partial<AuthorizeOrder>): AuthorizeOrder => ({
  title: 'Amazon Bedrock',
  baseUrl: home,
  secrets: {},
  place: { aws_region_name: 'eu-west-1' },
  signal: new AbortController().signal,
  ...change,
})
const outgoing: Outgoing = {
  method: 'POST',
  url: `${home}/model/a%3A0/converse`,
  headers: { 'content-type': 'application/json', 'x-amz-extra': 'signed', 'x-other': 'not signed' },
  body: Buffer.from('{}'),
}
const signerOf = async (change: Partial<AuthorizeOrder>): Promise<string | undefined> =>
  /Credential=(\w+)\//.exec((await aws(order(change))).headers(outgoing)['authorization'] ?? '')?.[1]

describe('a request is signed', () => {
  it('as AWS signs it, with its own headers and the content type', async () => {
    const access = await aws(order({ secrets: { ...keys, aws_session_token: 'given-token' } }))
    const { url: _url, ...rest } = outgoing
    const { 'x-other': _other, ...signed } = outgoing.headers
    const reference = await signByReference(
      { ...rest, origin: home, path: '/model/a%3A0/converse', headers: signed, body: Buffer.from('{}'), atMs },
      { accessKeyId: 'AKIDGIVEN', secretAccessKey: 'given-secret', sessionToken: 'given-token' },
      { region: 'eu-west-1', service: 'bedrock' },
    )
    expect(access.headers(outgoing)).toEqual({
      'x-amz-date': '20261121T090807Z',
      'x-amz-security-token': 'given-token',
      authorization: reference['authorization'],
    })
    expect([...access.secrets].sort()).toEqual(['AKIDGIVEN', 'given-secret', 'given-token'])
  })

  it('for the region of its address where none is given', async () => {
    const headers = (await aws(order({ secrets: keys, place: {} }))).headers(outgoing)
    expect(headers['authorization']).toContain('/20261121/eu-west-1/bedrock/aws4_request,')
    const sovereign = order({ place: {}, baseUrl: 'https://bedrock-runtime.eusc-de-east-1.amazonaws.eu' })
    expect((await aws(sovereign)).headers(outgoing)['authorization']).toContain('AKIDDEFAULT/20261121/eusc-de-east-1/bedrock/')
    await expect(aws(order({ secrets: keys, place: {}, baseUrl: elsewhere }))).rejects.toThrow('aws_region_name is not set')
  })

  it.each<[string, Partial<AuthorizeOrder>, string]>([
    ['keys that were given', { secrets: keys, baseUrl: elsewhere }, 'AKIDGIVEN'],
    ['a named profile before them', { secrets: keys, place: { aws_region_name: 'eu-west-1', aws_profile_name: 'work' }, baseUrl: elsewhere }, 'AKIDWORK'],
    ['a profile of the other file', { place: { aws_region_name: 'eu-west-1', aws_profile_name: 'in-config' } }, 'AKIDCONFIG'],
    ['the default profile at AWS', {}, 'AKIDDEFAULT'],
  ])('with %s', async (_title, change, signer) => {
    expect(await signerOf(change)).toBe(signer)
  })

  it('with what a profile holds now', async () => {
    const place = { aws_region_name: 'eu-west-1', aws_profile_name: 'renewed' }
    await expect(aws(order({ place }))).rejects.toThrow('there is no profile renewed in the AWS files')
    await writeFile(path.join(folder, 'config'), '[profile renewed]\naws_access_key_id=AKIDNEW\naws_secret_access_key=new\n[profile role]\nrole_arn = x\n')
    expect(await signerOf({ place })).toBe('AKIDNEW')
  })
})

describe('nothing is signed', () => {
  it('for others with keys they were not given', async () => {
    await expect(aws(order({ baseUrl: elsewhere }))).rejects.toThrow('set aws_access_key_id and aws_secret_access_key')
    await expect(aws(order({ baseUrl: 'https://bedrock-runtime.eu-west-1.amazonaws.com.evil.example' }))).rejects.toThrow('set aws_access_key_id')
  })

  it('with half of a key, or a role', async () => {
    await expect(aws(order({ secrets: { aws_access_key_id: 'AKID' }, baseUrl: elsewhere }))).rejects.toThrow('set aws_access_key_id')
    await expect(aws(order({ place: { aws_region_name: 'eu-west-1', aws_profile_name: 'role' } }))).rejects.toThrow(
      'the profile role has role_arn in place of keys, which is not supported',
    )
  })
})
