// What real SDKs make of failures: an upstream that fails, a model or key nobody knows, a budget that is used up, and leaving in mid-stream.
// Promises: each application sees the right status and the upstream's own words; each SDK tries as often as it should; nothing is billed that
// no upstream billed, and each attempt has its row.
// Leaves alone: what works (its own journeys); our own retries (switched off here).

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readFailure } from '../kit/clients/client.ts'
import { createWatchedFetch, type Seen } from '../kit/clients/watched-fetch.ts'
import { clientIds, createClient, dialectOf, startScene, type ClientId, type Scene } from '../kit/client-scene.ts'
import { createMatrix } from '../kit/matrix.ts'
import type { UpstreamId } from '../kit/mock-upstreams.ts'
import { prompts } from '../kit/mock-words.ts'
import type { Page } from '../kit/upstream-book.ts'
import { completionOf, readTokens } from '../kit/upstream-usage.ts'

const failing: readonly UpstreamId[] = ['openai', 'responses', 'anthropic', 'ollama', 'gemini', 'converse', 'invoke']
const cases = ['400', '429', '500', '500 streamed', 'unknown model', 'unknown key', 'no budget', 'leaves'] as const
type Case = (typeof cases)[number]

const pairs = clientIds.flatMap((client) => failing.map((upstream) => ({ client, upstream, name: `${client} × ${upstream}` })))
const matrix = createMatrix(
  pairs.map((pair) => pair.name),
  cases,
)

interface Trial {
  readonly failure: { readonly status: number; readonly message: string } | null
  readonly seen: readonly Seen[]
  readonly pages: readonly Page[]
}

describe('a real client meets a failure', () => {
  let scene: Scene
  let poorKey = ''
  // SDKs wait for seconds between their tries, so all cells run at once and each test awaits its own.
  const trials = new Map<string, Promise<Trial>>()
  beforeAll(async () => {
    scene = await startScene()
    poorKey = (await scene.house.key({ max_budget: 0.000001 })).key
    for (const { client, upstream, name } of pairs) {
      for (const which of cases) {
        const trial = run(which, { scene, client, upstream, poorKey })
        // Awaited in its own test; until then a rejection must not count as unhandled.
        trial.catch(() => undefined)
        trials.set(`${name} ${which}`, trial)
      }
    }
  })
  afterAll(async () => {
    await scene.stop()
    console.log(matrix.print('real clients × upstreams × failures; (n): the SDK tries more than once'))
  })

  describe.each(pairs)('$name', ({ client, upstream, name }) => {
    it.each(cases)('%s', async (which) => {
      await matrix.try(name, which, async () => {
        const trial = await trials.get(`${name} ${which}`)
        if (trial === undefined) throw new Error('the cell was not run')
        await check(which, trial, { scene, client, upstream })
        const tries = triesOf(which, client)
        expect(trial.seen).toHaveLength(tries)
        if (tries > 1) matrix.explain(name, which, which === 'no budget' ? budgetWords : `${tries} tries, as with the vendor itself`)
      })
    })
  })

  it('leaves no cell of the matrix untried', () => {
    expect(matrix.missing()).toEqual([])
  })
})

// `x-should-retry: false` stops the openai and Anthropic SDKs and LangChain. The AI SDK 7 reads no such header and retries every 429 (`isRetryable` of its
// APICallError); each of its tries is refused again without reaching an upstream.
const budgetWords = '3 tries: this SDK retries any 429, whatever header or code comes with it; none reaches the upstream'

const sdkTries = 3
function triesOf(which: Case, client: ClientId): number {
  // The ollama package never tries again, Google's SDK only when it is told to.
  if (client === 'ollama-js' || client === 'genai') return 1
  if (which === '429' || which === '500' || which === '500 streamed') return sdkTries
  return which === 'no budget' && client.startsWith('ai-') ? sdkTries : 1
}

interface Stage {
  readonly scene: Scene
  readonly client: ClientId
  readonly upstream: UpstreamId
  readonly poorKey: string
}

async function run(which: Case, stage: Stage): Promise<Trial> {
  const { scene, client, poorKey } = stage
  const upstream = scene.upstreams.all[stage.upstream]
  const watched = createWatchedFetch()
  const apiKey = which === 'no budget' ? poorKey : which === 'unknown key' ? 'sk-tg-nobody' : scene.budgetedKey
  const order = { client, upstream: which === 'unknown model' ? { ...upstream, model: 'nobody' } : upstream, apiKey, fetch: watched.fetch }
  // LangChain tries seven times by default, half a minute of waiting; told to try as often as the others.
  const real = createClient(scene, client === 'langchain' ? { ...order, retries: sdkTries - 1 } : order)
  // Calls run side by side; this tells their pages apart.
  const mark = `[${client}/${stage.upstream}/${which}]`
  const act = async (): Promise<unknown> => {
    if (which === 'leaves') return await real.leave(`${prompts.slow} ${mark}`)
    if (which === '500 streamed') return await real.stream(`fail with 500 ${mark}`)
    return await real.ask(`fail with ${/^\d+/.exec(which)?.[0] ?? 'none'} ${mark}`)
  }
  let failure: Trial['failure'] = null
  try {
    await act()
  } catch (error) {
    failure = readFailure(error)
  }
  return { failure, seen: watched.take(), pages: upstream.book.pages.filter((page) => page.requestText.includes(mark)) }
}

async function check(which: Case, trial: Trial, context: { scene: Scene; client: ClientId; upstream: UpstreamId }): Promise<void> {
  switch (which) {
    case '400':
      return await checkUpstream(trial, { ...context, vendor: 400, status: 400 })
    case '429':
      return await checkUpstream(trial, { ...context, vendor: 429, status: 429 })
    case '500':
    case '500 streamed':
      // Passed through it stays what it was; translated, the vendor's 500 is our bad gateway.
      return await checkUpstream(trial, { ...context, vendor: 500, status: isPassed(context) ? 500 : 502 })
    case 'unknown model':
      // Whoever speaks Responses is told with 400, as OpenAI does.
      return checkRefusal(trial, { status: context.client.endsWith('-responses') ? 400 : 404, words: 'nobody' })
    case 'unknown key':
      return checkRefusal(trial, { status: 401, words: 'key' })
    case 'no budget':
      checkRefusal(trial, { status: 429, words: 'budget of this key' })
      return expect(trial.seen.map(({ headers }) => [headers.get('x-should-retry'), headers.get('retry-after')])).toEqual(trial.seen.map(() => ['false', null]))
    case 'leaves':
      return await (context.scene.upstreams.all[context.upstream].billsWhole ? checkReadingOn : checkLeaving)(trial, context.scene)
  }
}

/** The client and the upstream speak one dialect. */
const isPassed = ({ client, upstream }: { client: ClientId; upstream: UpstreamId }): boolean => upstream === dialectOf(client)

/** The upstream's words arrive, each try is a dispatch with a row of its own, and none costs anything. */
async function checkUpstream(trial: Trial, order: { scene: Scene; vendor: number; status: number }): Promise<void> {
  expect(trial.failure?.status).toBe(order.status)
  expect(trial.failure?.message).toContain(`the mock fails with ${order.vendor}`)
  expect(trial.pages.map((page) => page.status)).toEqual(trial.seen.map(() => order.vendor))
  for (const { requestId } of trial.seen) {
    const row = await order.scene.house.closedRow(requestId)
    expect(row).toMatchObject({ end: 'failed', status: order.status, attempts: 1, promptTokens: 0, completionTokens: 0, costUsd: '0.000000000' })
    expect(row.attemptRows).toMatchObject([{ state: 'void', upstreamStatus: order.vendor }])
  }
}

function checkRefusal(trial: Trial, wanted: { status: number; words: string }): void {
  expect(trial.failure?.status).toBe(wanted.status)
  expect(trial.failure?.message).toContain(wanted.words)
  expect(trial.pages).toEqual([])
  expect(trial.seen.map((one) => one.status)).toEqual(trial.seen.map(() => wanted.status))
}

/** The upstream is stopped, and the row is settled with what had passed, marked as not the vendor's own count. */
async function checkLeaving(trial: Trial, scene: Scene): Promise<void> {
  expect(trial.pages).toHaveLength(1)
  const row = await scene.house.closedRow(trial.seen[0]?.requestId ?? '')
  expect(row).toMatchObject({ end: 'cut', status: 499, state: 'closed' })
  expect(row.provenance).not.toBe('reported')
  expect(row.completionTokens).toBeGreaterThan(0)
  expect(row.completionTokens).toBeLessThan(400)
  expect(trial.pages[0]?.complete).toBe(false)
}

/** Google and Amazon Bedrock bill what is broken off to its end: the reply is read on for its usage, and the row has the vendor's own count. */
async function checkReadingOn(trial: Trial, scene: Scene): Promise<void> {
  expect(trial.pages).toHaveLength(1)
  const row = await scene.house.closedRow(trial.seen[0]?.requestId ?? '')
  expect(row).toMatchObject({ end: 'cut', status: 499, state: 'closed', provenance: 'reported' })
  expect(trial.pages[0]?.complete).toBe(true)
  const tokens = readTokens(trial.pages[0]?.replyText ?? '')
  expect(row.completionTokens).toBe(tokens === null ? 0 : completionOf(tokens))
}
