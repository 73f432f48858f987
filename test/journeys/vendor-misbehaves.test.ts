// A vendor that misbehaves in every way it knows: the gateway stays up, its caller hears something whole in time, its books are closed.
// Promises: every named misbehaviour, in each dialect and form it applies to, then a seeded mix (TEST_SEED replays it).
// Leaves alone: the bill of calls whose usage nobody reported; those are only flagged.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readHeard } from '../kit/misbehaving-vendor/heard.ts'
import { dialects, embeddings, type Dialect, type Form, type Misbehaviour } from '../kit/misbehaving-vendor/misbehaviour.ts'
import { misbehaviours } from '../kit/misbehaving-vendor/misbehaviours.ts'
import { timingMisbehaviours } from '../kit/misbehaving-vendor/timing.ts'
import { credential, startScene, type Scene, type Told } from '../kit/misbehaving-vendor/scene.ts'
import { createMisbehavingVendor, fits } from '../kit/misbehaving-vendor/vendor.ts'
import { createChance } from '../kit/random.ts'

const chance = createChance()
/** The longest time-out of the scene is 2.5 s; the rest is for a busy machine. */
const answerWithinMs = 8000
/** Longer than any piece of the request that is on its way when the reply comes. */
const padding = 'x'.repeat(400_000)

interface Case {
  readonly one: Misbehaviour
  readonly dialect: Dialect
  readonly form: Form
}
const named = misbehaviours.map((one) => [one.name, one] as const)
const casesOf = (one: Misbehaviour): readonly Case[] =>
  dialects.flatMap((dialect) =>
    (['streamed', 'whole'] as const)
      .filter((form) => fits(one, dialect, form) && !(form === 'streamed' && embeddings.includes(dialect)))
      .map((form) => ({ one, dialect, form })),
  )
/** The vendor's own bytes reach the caller, so what is odd about them does too. */
const passes = (dialect: Dialect): boolean => dialect === 'openai-chat' || dialect === 'openai-embeddings'
const nanoOf = (usd: string): bigint => BigInt(usd.replace('.', ''))

/** Sentences about what is wrong; none is well. */
function complaints({ one, dialect, form }: Case, told: Told): readonly string[] {
  const { row, billed } = told
  const heard = readHeard(told)
  const wrong: string[] = []
  const say = (is: boolean, sentence: string): void => void (is && wrong.push(`${one.name}, ${dialect}, ${form}: ${sentence}`))
  say(told.broken !== null, `the caller's connection broke: ${told.broken ?? ''}`)
  say(told.tookMs > answerWithinMs, `took ${told.tookMs} ms`)
  say(heard === null && !(one.answer === 'unclear' && passes(dialect)), `nobody can read ${told.status} ${told.text.slice(-200)}`)
  const expected = { usable: ['answer'], refused: ['refusal'], unusable: ['refusal', 'broken-off'], unclear: ['answer', 'refusal', 'broken-off'] }
  say(heard !== null && !expected[one.answer].includes(heard.kind), `heard ${heard?.kind ?? ''}: ${told.text.slice(-200)}`)
  say(row.state !== 'closed', `its row is ${row.state}`)
  say(
    heard !== null && row.end !== (heard.kind === 'answer' ? 'answered' : 'failed'),
    `its row says ${row.end ?? ''} and the caller heard ${heard?.kind ?? ''}`,
  )
  say(!agrees(told), `${row.attempts} attempts, and the vendor saw ${billed.length}`)
  say(
    row.attemptRows.some((attempt) => attempt.state === 'open'),
    'an attempt is open',
  )
  say(
    heard !== null && heard.kind !== 'refusal' && heard.content !== '' && row.completionTokens === 0 && one.usage !== 'false',
    'the caller got words that are not counted',
  )
  say(`${told.text} ${JSON.stringify([...told.headers])}`.includes('tainted'), "the caller got what is none of the vendor's business")
  say(row.provenance === null && (row.end === 'answered' || nanoOf(row.costUsd) > 0n), 'has no provenance')
  return [...wrong, ...moneyComplaints({ one, dialect, form }, told), ...leaks(told).map((where) => `${one.name}, ${dialect}, ${form}: credential in ${where}`)]
}

function moneyComplaints({ one, dialect, form }: Case, { row, billed }: Told): readonly string[] {
  if (row.end !== 'answered') return []
  const at = `${one.name}, ${dialect}, ${form}`
  const theirs = billed.reduce((sum, call) => sum + call.nanoUsd, 0n)
  if (one.usage === 'reported')
    return nanoOf(row.costUsd) === theirs && row.provenance === 'reported'
      ? []
      : [`${at}: costs ${row.costUsd} (${row.provenance ?? ''}), billed ${theirs} nano`]
  if (one.usage === 'false') return []
  return row.provenance !== 'reported' && (nanoOf(row.costUsd) > 0n || theirs === 0n)
    ? []
    : [`${at}: says ${row.provenance ?? ''} at ${row.costUsd}, billed ${theirs} nano`]
}

/** As many attempts as the vendor saw; one that broke off may have met a connection the vendor was just closing, and was never read. */
function agrees({ row, billed }: Told): boolean {
  const brokenOff = row.attemptRows.filter((attempt) => attempt.upstreamStatus === null && attempt.failure?.includes('broke off')).length
  return billed.length <= row.attempts && billed.length >= row.attempts - brokenOff
}

function leaks(told: Told): readonly string[] {
  const places = { reply: told.text, headers: JSON.stringify([...told.headers]), row: JSON.stringify(told.row) }
  return Object.entries(places).flatMap(([where, text]) => (text.includes(credential) ? [where] : []))
}

describe('a vendor that misbehaves', () => {
  let scene: Scene
  let calls = 0
  beforeAll(async () => {
    console.log(`seed ${chance.seed} (TEST_SEED replays it)`)
    // In the mix nobody suffers for another, so that an honest call must be answered at its price.
    const drawn = misbehaviours.filter((one) => one.spoils !== true).map((one) => [one.name, 1])
    scene = await startScene({ seed: chance.seed, weights: { honest: drawn.length / 2, ...Object.fromEntries(drawn) } })
  })
  afterAll(async () => {
    await scene.stop()
  })
  const count = async (told: Promise<Told>): Promise<Told> => {
    calls += 1
    return told
  }

  it('knows more than a hundred ways, each by one name', () => {
    const names = misbehaviours.map((one) => one.name)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(100)
    expect(misbehaviours.filter((one) => casesOf(one).length === 0)).toEqual([])
  })

  const survives = async (one: Misbehaviour): Promise<void> => {
    const text = `[[${one.name}]] hello there ${one.early === true ? padding : ''}`
    const found = await Promise.all(casesOf(one).map(async (at) => complaints(at, await count(scene.tell({ ...at, text })))))
    expect(found.flat()).toEqual([])
    expect(scene.house.isUp).toBe(true)
  }
  // One by one, because a connection that one of them spoils may be another's in the pool.
  it.each(named.filter(([, one]) => !timingMisbehaviours.includes(one)))('%s: is survived, answered and booked', async (_name, one) => survives(one))
  it.concurrent.each(named.filter(([, one]) => timingMisbehaviours.includes(one)))('%s: is survived, answered and booked', async (_name, one) => survives(one))

  it('has nothing held once all of them are through', async () => {
    expect(new Set(await scene.heldUsd())).toEqual(new Set(['0.000000000']))
  })

  it('is served by a fallback when it fails before the first byte, at the sum of both bills', async () => {
    for (const model of ['plain-or-second', 'claude-or-second']) {
      for (const form of ['streamed', 'whole'] as const) {
        const told = await count(scene.tell({ dialect: 'openai-chat', form, model, text: '[[fails-first]] hello' }))
        expect(readHeard(told)?.kind).toBe('answer')
        expect(told.row.attemptRows.map((attempt) => attempt.state)).toEqual(['void', 'settled'])
        expect(told.billed.map((call) => call.nth)).toEqual([1, 2])
        expect(nanoOf(told.row.costUsd)).toBe(told.billed[1]?.nanoUsd)
      }
    }
  })

  it('misbehaves as it likes, 300 times, 16 at once, and the books hold', { timeout: 40_000 }, async () => {
    const models = ['plain', 'claude', 'engine', 'plain-or-second', 'claude-or-second'] as const
    const told: Told[] = []
    let left = 300
    const work = async (): Promise<void> => {
      while (left > 0) {
        left -= 1
        const form = chance.pick(['streamed', 'whole'] as const)
        told.push(await count(scene.tell({ dialect: 'openai-chat', form, model: chance.pick(models), text: 'hello there' })))
      }
    }
    await Promise.all(Array.from({ length: 16 }, work))
    const wrong = told.flatMap((one) => mixedComplaints(one))
    expect(wrong).toEqual([])
    expect(new Set(told.flatMap((one) => one.billed.map((call) => call.misbehaviour))).size).toBeGreaterThan(40)
    expect(new Set(await scene.heldUsd())).toEqual(new Set(['0.000000000']))
  })

  it('draws the same ways again from the same seed, and leaves no socket behind', async () => {
    const drawn = async (): Promise<readonly string[]> => {
      const vendor = await createMisbehavingVendor({ seed: chance.seed, rates: { '*': { input: 1n, cached: 1n, output: 1n } } })
      const calls = Array.from({ length: 60 }, async (_, index) => {
        const content = `[[call:again-${index}]] hello`
        const body = JSON.stringify({ model: 'm', max_tokens: 20, stream: index % 2 === 0, messages: [{ role: 'user', content }] })
        const reply = await fetch(`${vendor.origin}/v1/chat/completions`, {
          method: 'POST',
          body,
          signal: AbortSignal.timeout(1500),
          redirect: 'manual',
        }).catch(() => null)
        await reply?.text().catch(() => null)
      })
      await Promise.all(calls)
      await vendor.close()
      expect([vendor.sockets, vendor.running]).toEqual([0, 0])
      return vendor.calls.map((call) => `${call.marker ?? ''} ${call.nth} ${call.misbehaviour} ${call.charged.prompt}`).sort()
    }
    const first = await drawn()
    expect(first).toHaveLength(60)
    expect(await drawn()).toEqual(first)
  })

  it('leaves one closed row per call, nothing held, no credential in the log, and a gateway that stops in good order', async () => {
    const rows = await scene.allRows()
    expect(rows).toHaveLength(calls)
    expect(rows.filter((row) => row.state !== 'closed')).toEqual([])
    expect(scene.house.gateway.output()).not.toContain(credential)
    expect(scene.house.gateway.output()).not.toMatch(/"event":"(?:uncaught|record-failed)"/)
    await expect.poll(() => scene.vendor.running).toBe(0)
  })
})

/** Whatever was drawn: something was heard, and the row agrees with it and with the vendor. */
function mixedComplaints(told: Told): readonly string[] {
  const { row, billed, marker } = told
  const at = `${marker} (${billed.map((call) => call.misbehaviour).join(', ')})`
  const honest = billed.length > 0 && billed.every((call) => call.misbehaviour === 'honest')
  const theirs = billed.reduce((sum, call) => sum + call.nanoUsd, 0n)
  return [
    told.broken === null ? '' : `the connection broke: ${told.broken}`,
    told.tookMs <= answerWithinMs ? '' : `took ${told.tookMs} ms`,
    row.state === 'closed' ? '' : `row ${row.state}`,
    agrees(told) ? '' : `${row.attempts} attempts, the vendor saw ${billed.length}`,
    honest && (nanoOf(row.costUsd) !== theirs || row.end !== 'answered')
      ? `${row.end ?? ''} at ${row.costUsd}, billed ${theirs} nano: ${row.errorMessage ?? ''}`
      : '',
    ...leaks(told).map((where) => `credential in ${where}`),
  ].flatMap((sentence) => (sentence === '' ? [] : [`${at}: ${sentence}`]))
}
