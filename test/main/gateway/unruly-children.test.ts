// What the shell does with a gateway that crashes, hangs, stays silent, refuses to end or talks nonsense: with real processes.
// Promises: never two at once, in any of these. Leaves alone: the gateway itself (supervised-gateway.test.ts), exact waits (supervisor.test.ts).

import { existsSync } from 'node:fs'
import { afterEach, describe, expect, it } from 'vitest'
import type { CareLimits } from '../../../main/gateway/limits.ts'
import { createShellScene, isAlive, type ShellScene } from '../../kit/shell-scene.ts'

/** Waits short enough for a test. Silence stays long enough for a Node process to start on a busy machine. */
const short: Partial<CareLimits> = { retryFirstMs: 40, retryMostMs: 200, stopGraceMs: 300, farewellMs: 200 }
const impatient: Partial<CareLimits> = { ...short, lookEveryMs: 100, silenceMs: 8000 }
/** Up to four Node processes one after the other, each with its second or more. */
const longMs = 60_000

let scene: ShellScene
const sceneOf = (child: readonly string[], limits = short): ShellScene => (scene = createShellScene({ child, limits }))
afterEach(async () => {
  await scene.close()
  expect(scene.mostAlive).toBeLessThanOrEqual(1)
  expect(scene.children.filter(isAlive)).toEqual([])
})

describe('a gateway that ends by itself', { timeout: longMs }, () => {
  it('is started again with the reason and a count, each time after a longer wait', async () => {
    sceneOf(['crashes', 'crashes', 'crashes', 'serves'])
    scene.supervisor.start()
    await scene.until('serving')
    const waits = scene.states.filter((state) => state.kind === 'waiting')
    expect(waits.map(({ crashes, reason }) => [crashes, reason])).toEqual([1, 2, 3].map((count) => [count, 'The gateway ended by itself (code 3).']))
    expect(scene.states.map(({ kind }) => kind)).toEqual(['stopped', ...Array.from({ length: 3 }, () => ['starting', 'waiting']).flat(), 'starting', 'serving'])
  })

  it('is started again when it had been serving', async () => {
    sceneOf(['crashes after ready', 'serves'])
    scene.supervisor.start()
    const first = await scene.until('serving')
    expect(await scene.next('waiting')).toMatchObject({ reason: 'The gateway ended by itself (code 4).', crashes: 1 })
    const second = await scene.until('serving')
    expect(second.pid).not.toBe(first.pid)
    expect(isAlive(first.pid)).toBe(false)
  })

  it('is started again when somebody killed it', async () => {
    sceneOf(['serves'])
    scene.supervisor.start()
    const { pid } = await scene.until('serving')
    process.kill(pid, 'SIGKILL')
    expect(await scene.next('waiting')).toMatchObject({ reason: 'The gateway ended by itself (code 9).' })
    expect((await scene.next('serving')).pid).not.toBe(pid)
  })

  it('is not started again once it was asked to stop, even while it waits for its next start', async () => {
    sceneOf(['crashes'], { ...short, retryFirstMs: 60_000, retryMostMs: 60_000 })
    scene.supervisor.start()
    await scene.until('waiting')
    await scene.supervisor.stop(1000)
    expect(scene.supervisor.state).toEqual({ kind: 'stopped', reason: null })
    expect(scene.children).toHaveLength(1)
  })

  it('is started at once when a person does not want to wait', async () => {
    sceneOf(['crashes', 'serves'], { ...short, retryFirstMs: 60_000, retryMostMs: 60_000 })
    scene.supervisor.start()
    await scene.until('waiting')
    scene.supervisor.start()
    expect(await scene.until('serving')).toMatchObject({ baseUrl: 'http://127.0.0.1:4000' })
  })
})

describe('a gateway that does not answer', { timeout: longMs }, () => {
  it('is killed and started again with that reason', async () => {
    sceneOf(['hangs', 'serves'], impatient)
    scene.supervisor.start()
    const { pid } = await scene.until('serving')
    expect(await scene.next('waiting')).toMatchObject({ reason: 'The gateway did not answer for 8 s and was ended.', crashes: 1 })
    expect(isAlive(pid)).toBe(false)
    await scene.until('serving')
  })

  it('is killed when it never said a word', async () => {
    sceneOf(['says nothing', 'serves'], impatient)
    scene.supervisor.start()
    expect(await scene.until('waiting')).toMatchObject({ reason: 'The gateway did not answer for 8 s and was ended.' })
    await scene.until('serving')
  })

  it('is killed when it lives and is never ready', async () => {
    sceneOf(['is never ready', 'serves'], { ...short, startMs: 2000 })
    scene.supervisor.start()
    expect(await scene.until('waiting')).toMatchObject({ reason: 'The gateway was not ready within 2 s and was ended.' })
  })

  it('is left alone while the computer sleeps', async () => {
    sceneOf(['hangs'], { ...impatient, silenceMs: 5000 })
    scene.supervisor.start()
    const { pid } = await scene.until('serving')
    scene.supervisor.suspended()
    await new Promise((resolve) => setTimeout(resolve, 7000))
    expect(scene.supervisor.state).toMatchObject({ kind: 'serving', pid })
    scene.supervisor.resumed()
    expect(await scene.next('waiting')).toMatchObject({ reason: 'The gateway did not answer for 5 s and was ended.' })
  })
})

describe('a gateway that is stopped', { timeout: longMs }, () => {
  it('ends, and the shell knows when', async () => {
    sceneOf(['serves three'])
    scene.supervisor.start()
    const { pid } = await scene.until('serving')
    await expect.poll(() => scene.supervisor.running, { timeout: longMs / 2 }).toBe(3)
    await scene.supervisor.stop(1000)
    expect(isAlive(pid)).toBe(false)
    expect(scene.supervisor.state).toEqual({ kind: 'stopped', reason: null })
    expect(scene.supervisor.running).toBe(0)
  })

  it('is killed when it ignores that, after the time it was given', async () => {
    sceneOf(['ignores stop'])
    scene.supervisor.start()
    const { pid } = await scene.until('serving')
    const before = performance.now()
    await scene.supervisor.stop(500)
    expect(performance.now() - before).toBeGreaterThan(750)
    expect(isAlive(pid)).toBe(false)
    expect(scene.supervisor.state).toEqual({ kind: 'stopped', reason: null })
  })

  it('is given less time when somebody gets impatient', async () => {
    sceneOf(['ignores stop'])
    scene.supervisor.start()
    await scene.until('serving')
    const patient = scene.supervisor.stop(60_000)
    await scene.supervisor.stop(0)
    await patient
    expect(scene.states.filter(({ kind }) => kind === 'stopping')).toHaveLength(1)
  })

  it('is killed when it hangs on the way', async () => {
    sceneOf(['hangs while stopping'])
    scene.supervisor.start()
    await scene.until('serving')
    await scene.supervisor.stop(0)
    expect(scene.supervisor.state).toEqual({ kind: 'stopped', reason: null })
  })

  it('has stopped also when it dies on the way', async () => {
    sceneOf(['dies while stopping'])
    scene.supervisor.start()
    await scene.until('serving')
    await scene.supervisor.stop(1000)
    expect(scene.supervisor.state).toEqual({ kind: 'stopped', reason: null })
    expect(scene.children).toHaveLength(1)
  })

  it('before it is ready, ends without having been serving', async () => {
    sceneOf(['is never ready'])
    scene.supervisor.start()
    await scene.supervisor.stop(0)
    expect(scene.states.map(({ kind }) => kind)).toEqual(['stopped', 'starting', 'stopping', 'stopped'])
  })

  it('and started meanwhile comes back, once the old one is gone', async () => {
    sceneOf(['serves'])
    scene.supervisor.start()
    const first = await scene.until('serving')
    const gone = scene.supervisor.stop(1000)
    scene.supervisor.start()
    await gone
    expect(isAlive(first.pid)).toBe(false)
    expect((await scene.until('serving')).pid).not.toBe(first.pid)
  })

  it('and started again by restart is another one', async () => {
    sceneOf(['serves'])
    scene.supervisor.start()
    const first = await scene.until('serving')
    await scene.supervisor.restart(1000)
    expect((await scene.until('serving')).pid).not.toBe(first.pid)
    expect(scene.states.map(({ kind }) => kind)).toEqual(['stopped', 'starting', 'serving', 'stopping', 'starting', 'serving'])
  })
})

describe('two starts in a row', { timeout: longMs }, () => {
  it('are one gateway', async () => {
    sceneOf(['serves'])
    scene.supervisor.start()
    scene.supervisor.start()
    await scene.until('serving')
    scene.supervisor.start()
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(scene.children).toHaveLength(1)
    expect(scene.states.map(({ kind }) => kind)).toEqual(['stopped', 'starting', 'serving'])
  })
})

describe('a gateway that says why it cannot go on', { timeout: longMs }, () => {
  it('is not tried again when people have to change something', async () => {
    sceneOf(['refuses its configuration', 'serves'])
    scene.supervisor.start()
    expect(await scene.next('stopped')).toEqual({ kind: 'stopped', reason: 'The file config.yaml is not readable.' })
    await new Promise((resolve) => setTimeout(resolve, 500))
    expect(scene.children).toHaveLength(1)
    scene.supervisor.start()
    await scene.until('serving')
  })

  it('is tried again when the folder may become free', async () => {
    sceneOf(['finds the folder in use', 'serves'])
    scene.supervisor.start()
    expect(await scene.until('waiting')).toMatchObject({ reason: 'Another Tollgate is already using the data folder.' })
    await scene.until('serving')
  })

  it('is killed when it then stays, and its own words are not lost', async () => {
    sceneOf(['fails and stays', 'serves'])
    scene.supervisor.start()
    expect(await scene.until('waiting')).toMatchObject({ reason: 'The disk is gone.' })
    await scene.until('serving')
  })
})

describe('a gateway out of its mind', { timeout: longMs }, () => {
  it('is not believed: messages that are none change nothing', async () => {
    sceneOf(['talks nonsense'])
    scene.supervisor.start()
    expect(await scene.until('serving')).toMatchObject({ baseUrl: 'http://127.0.0.1:4000' })
    expect(scene.log.lines().filter((line) => line.includes('gateway-message-refused'))).toHaveLength(7)
  })

  it('cannot fill memory or disk by printing', async () => {
    sceneOf(['prints for ever'], { ...short, logLinesMax: 20, logLineLengthMax: 1000, logFileBytesMax: 10_000, logFilesMax: 2 })
    scene.supervisor.start()
    await scene.until('serving')
    await expect.poll(() => scene.log.lines().length, { timeout: longMs / 2 }).toBe(20)
    expect(scene.log.lines().every((line) => line.length <= 1000)).toBe(true)
    expect(existsSync(`${scene.dataDir}/logs/gateway.1.log`)).toBe(true)
    expect(existsSync(`${scene.dataDir}/logs/gateway.2.log`)).toBe(false)
  })
})
