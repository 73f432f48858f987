// Amazon Bedrock as a plug: what a model's text means, and where it is served.
// Promises: each of LiteLLM's ways of writing a model is a case. Leaves alone: requests (the journey), prices.

import { describe, expect, it } from 'vitest'
import { bedrock } from '../../../gateway/providers/bedrock.ts'

const read = (text: string): ReturnType<NonNullable<typeof bedrock.forModel>> => bedrock.forModel?.(text) ?? {}
const region = (name: string): object => ({ place: { aws_region_name: name } })
const wiresOf = (text: string): readonly string[] => Object.keys(read(text).wires ?? {})

describe('a model', () => {
  it.each<[string, object]>([
    ['amazon.nova-pro-v1:0', { name: 'amazon.nova-pro-v1:0', pricedAs: 'amazon.nova-pro-v1:0' }],
    ['converse/us.amazon.nova-pro-v1:0', { name: 'us.amazon.nova-pro-v1:0', pricedAs: 'us.amazon.nova-pro-v1:0' }],
    ['us-gov-west-1/meta.llama3-8b-instruct-v1:0', { name: 'meta.llama3-8b-instruct-v1:0', ...region('us-gov-west-1') }],
    ['invoke/eu-west-1/anthropic.claude-3-haiku-20240307-v1:0', { name: 'anthropic.claude-3-haiku-20240307-v1:0', ...region('eu-west-1') }],
    [
      'arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0',
      {
        name: 'arn:aws:bedrock:eu-central-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0',
        pricedAs: 'eu.amazon.nova-lite-v1:0',
        ...region('eu-central-1'),
      },
    ],
    ['converse/arn:aws:bedrock:us-east-1:123456789012:provisioned-model/8f3k2', { pricedAs: '8f3k2', ...region('us-east-1') }],
  ])('is read from %s', (text, reading) => {
    expect(read(text)).toMatchObject(reading)
  })

  it.each([
    ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4-5-20250929'],
    ['apac.anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-3-5-sonnet-20241022'],
    ['global.anthropic.claude-opus-4-6-v1', 'claude-opus-4-6'],
    ['us-gov.anthropic.claude-opus-5', 'claude-opus-5'],
    ['arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-3-haiku-20240307-v1:0', 'claude-3-haiku-20240307'],
  ])('%s has the limits of %s', (text, model) => {
    expect(read(text)).toMatchObject({ listedVendor: 'anthropic', listedAs: model })
  })

  it('of a name that says nothing has no limits of anybody', () => {
    expect(read('amazon.nova-pro-v1:0').listedVendor).toBeUndefined()
    expect(read('arn:aws:bedrock:us-east-1:1:application-inference-profile/abc').listedVendor).toBeUndefined()
  })
})

describe('what is spoken', () => {
  it.each([
    ['us.anthropic.claude-opus-4-6-v1', ['bedrock-converse', 'anthropic-messages']],
    ['converse/us.anthropic.claude-opus-4-6-v1', ['bedrock-converse']],
    ['invoke/us.anthropic.claude-opus-4-6-v1', ['anthropic-messages']],
    ['invoke/meta.llama3-8b-instruct-v1:0', ['bedrock-converse']],
    ['arn:aws:bedrock:us-east-1:1:application-inference-profile/abc', ['bedrock-converse']],
    ['amazon.titan-embed-text-v2:0', ['bedrock-titan-embed']],
  ])('with %s', (text, wires) => {
    expect(wiresOf(text)).toEqual(wires)
  })
})

it.each([
  ['us-east-1', 'https://bedrock-runtime.us-east-1.amazonaws.com'],
  ['us-gov-west-1', 'https://bedrock-runtime.us-gov-west-1.amazonaws.com'],
  ['cn-north-1', 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn'],
  ['eusc-de-east-1', 'https://bedrock-runtime.eusc-de-east-1.amazonaws.eu'],
  ['evil.example/#', null],
  ['US-EAST-1', null],
])('is at home in %s', (aws_region_name, address) => {
  expect(bedrock.addressOf?.({ aws_region_name })).toBe(address)
})

it.each(['us.anthropic.claude-opus-4-6-v1', 'converse/us.anthropic.claude-opus-4-6-v1', 'invoke/us.anthropic.claude-opus-4-6-v1', 'amazon.nova-pro-v1:0'])(
  'leaves room in a hold for what is added to the prompt of %s',
  (text) => {
    expect({ ...bedrock.quirks, ...read(text).quirks }.promptOverheadTokens).toBe(1024)
  },
)
