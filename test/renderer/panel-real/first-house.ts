// A gateway as it is on the first day: empty ledger, no configuration file, one upstream next door with a book of its own, one vendor that refuses.
// Promises: the upstream is @copilotkit/aimock behind a recording proxy, so what it said it used is known; no keychain answers (on Linux).
// Leaves alone: browsers.

import { LLMock } from '@copilotkit/aimock'
import { startHouse, type House } from '../../kit/house.ts'
import { startUpstreamBook, type UpstreamBook } from '../../kit/upstream-book.ts'
import { startVendor, type Vendor } from '../../kit/vendor.ts'
import { noKeychain } from './filled-house.ts'

export interface FirstHouse {
  readonly house: House
  /** Speaks OpenAI's formats below `/v1` and lists a model called gpt-4o. */
  readonly upstream: UpstreamBook
  readonly vendor: Vendor
  stop(): Promise<void>
}

/** As they are typed into the form, with digits below the nano-dollar for a single token, so that every line is rounded. */
export const prices = {
  inputPerMillion: '0.123457',
  outputPerMillion: '0.987653',
  perToken: { input_cost_per_token: '0.000000123457', output_cost_per_token: '0.000000987653' },
} as const

/** What the last message must contain to be answered slowly enough to be watched. */
export const slowly = 'take your time'

export async function startFirstHouse(): Promise<FirstHouse> {
  const mock = new LLMock({ port: 0, chunkSize: 6, logLevel: 'silent' })
  const usage = { prompt_tokens: 1013, completion_tokens: 107, prompt_tokens_details: { cached_tokens: 401 } }
  mock.on({ userMessage: slowly }, { content: 'One moment. '.repeat(50), usage: { ...usage, completion_tokens: 211 } }, { latency: 20 })
  mock.on({ predicate: () => true }, { content: 'Good morning.', usage })
  await mock.start()
  const [upstream, vendor] = await Promise.all([startUpstreamBook(mock.url), startVendor()])
  const house = await startHouse({ from: 'dist', env: { UPSTREAM_KEY: 'sk-upstream', ...noKeychain, TZ: 'Europe/Berlin' } })
  return {
    house,
    upstream,
    vendor,
    async stop() {
      await house.stop()
      await Promise.all([upstream.close(), vendor.close()])
      await mock.stop()
    },
  }
}
