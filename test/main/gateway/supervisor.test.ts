// When the supervisor starts again, after how long, and what makes it forget: time passes by hand, the child is a puppet.
// Promises: exact waits, without waiting. Leaves alone: real processes (unruly-children.test.ts).

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createStage, live, type Stage } from '../../kit/supervisor-stage.ts'

function crashThrice(stage: Stage): void {
  for (const waitMs of [1000, 2000, 4000]) {
    stage.puppet.end(1)
    stage.clock.pass(waitMs)
  }
}

describe('starting again', () => {
  it('waits 1, 2, 4, 8, 16, 32 and then always 60 seconds', () => {
    const stage = createStage()
    stage.supervisor.start()
    const waits = Array.from({ length: 9 }, () => {
      stage.puppet.end(1)
      const { state } = stage.supervisor
      if (state.kind !== 'waiting') throw new Error(state.kind)
      const waitMs = state.retryAtMs - stage.clock.nowMs()
      const before = stage.puppets.length
      stage.clock.pass(waitMs - 1)
      expect(stage.puppets).toHaveLength(before)
      stage.clock.pass(1)
      expect(stage.puppets).toHaveLength(before + 1)
      return waitMs / 1000
    })
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
  })

  it('forgets crashes after five minutes of serving, not a second earlier', () => {
    for (const [healthyMs, crashes] of [
      [299_000, 4],
      [300_000, 1],
    ] as const) {
      const stage = createStage()
      stage.supervisor.start()
      crashThrice(stage)
      stage.puppet.ready()
      live(stage, healthyMs)
      stage.puppet.end(1)
      expect(stage.supervisor.state).toMatchObject({ kind: 'waiting', crashes })
    }
  })

  it('forgets them when a person starts it after a stop', async () => {
    const stage = createStage()
    stage.supervisor.start()
    crashThrice(stage)
    const gone = stage.supervisor.stop(0)
    stage.puppet.end(0)
    await gone
    stage.supervisor.start()
    stage.puppet.end(1)
    expect(stage.supervisor.state).toMatchObject({ kind: 'waiting', crashes: 1 })
  })

  it('goes on when the process cannot even be made', () => {
    let broken = true
    const stage = createStage({ forkFails: () => broken })
    stage.supervisor.start()
    expect(stage.supervisor.state).toMatchObject({ kind: 'waiting', reason: 'The gateway could not be started: the program file is missing', crashes: 1 })
    stage.clock.pass(1000)
    expect(stage.supervisor.state).toMatchObject({ kind: 'waiting', crashes: 2 })
    broken = false
    stage.clock.pass(2000)
    stage.puppet.ready()
    expect(stage.supervisor.state).toMatchObject({ kind: 'serving', pid: 1 })
  })

  it('waits for an exit however long a killed process takes to be gone', () => {
    const stage = createStage({ outlivesKill: true })
    stage.supervisor.start()
    stage.puppet.ready()
    stage.clock.pass(600_000)
    expect(stage.puppet.killed).toBe(1)
    expect(stage.puppets).toHaveLength(1)
    stage.puppet.end(9)
    expect(stage.supervisor.state).toMatchObject({ kind: 'waiting', reason: 'The gateway did not answer for 15 s and was ended.' })
  })
})

describe('signs of life', () => {
  it('of fifteen seconds ago are enough, of sixteen are not', () => {
    const stage = createStage()
    stage.supervisor.start()
    stage.puppet.ready()
    stage.clock.pass(15_000)
    expect(stage.puppet.killed).toBe(0)
    stage.puppet.say({ kind: 'health', running: 0 })
    stage.clock.pass(15_000)
    expect(stage.puppet.killed).toBe(0)
    stage.clock.pass(1000)
    expect(stage.puppet.killed).toBe(1)
  })

  it('are not missed while the computer sleeps, with or without a word about it', () => {
    for (const told of [true, false]) {
      const stage = createStage()
      stage.supervisor.start()
      stage.puppet.ready()
      live(stage, 5000)
      if (told) stage.supervisor.suspended()
      stage.clock.sleep(8 * 3_600_000)
      if (told) stage.supervisor.resumed()
      stage.clock.pass(10_000)
      expect(stage.supervisor.state.kind).toBe('serving')
      stage.clock.pass(10_000)
      expect(stage.puppets[0]?.killed).toBe(1)
    }
  })

  it('count from waking on, however long the sleep was told of', () => {
    const stage = createStage()
    stage.supervisor.start()
    stage.puppet.ready()
    stage.clock.pass(14_000)
    stage.supervisor.suspended()
    stage.clock.pass(100_000)
    stage.supervisor.resumed()
    stage.clock.pass(15_000)
    expect(stage.puppet.killed).toBe(0)
    stage.clock.pass(1000)
    expect(stage.puppet.killed).toBe(1)
  })

  it('leave nothing behind: no wait is open once it has stopped', async () => {
    const stage = createStage()
    stage.supervisor.start()
    stage.puppet.ready()
    const gone = stage.supervisor.stop(10_000)
    stage.puppet.end(0)
    await gone
    expect(stage.clock.waiting).toBe(0)
    stage.supervisor.resumed()
    stage.clock.pass(60_000)
    expect(stage.clock.waiting).toBe(0)
  })
})

describe('a stop', () => {
  it('gives the time that was asked and five seconds for the books, then kills', async () => {
    const stage = createStage()
    stage.supervisor.start()
    stage.puppet.ready()
    const gone = stage.supervisor.stop(7000)
    expect(stage.puppet.heard.at(-1)).toEqual({ kind: 'stop', drainMs: 7000 })
    live(stage, 11_000)
    expect(stage.puppet.killed).toBe(0)
    stage.clock.pass(1000)
    expect(stage.puppet.killed).toBe(1)
    await gone
    expect(stage.supervisor.state).toEqual({ kind: 'stopped', reason: null })
  })

  it('wins over a start before it and loses to one after it', async () => {
    const stage = createStage()
    stage.supervisor.start()
    stage.puppet.ready()
    const gone = stage.supervisor.stop(0)
    stage.supervisor.start()
    void stage.supervisor.stop(0)
    stage.puppet.end(0)
    await gone
    expect(stage.supervisor.state.kind).toBe('stopped')
    expect(stage.puppets).toHaveLength(1)
  })

  it('of none is done at once', async () => {
    const stage = createStage()
    await stage.supervisor.stop(10_000)
    expect(stage.states).toEqual([])
  })
})

describe('a child that cannot be told anything', () => {
  it('is killed, and the next one waits for its exit', () => {
    const stage = createStage({ postFails: true, outlivesKill: true })
    stage.supervisor.start()
    expect(stage.puppet.killed).toBe(1)
    stage.clock.pass(5000)
    expect(stage.puppets).toHaveLength(1)
    stage.puppet.end(9)
    expect(stage.supervisor.state).toMatchObject({ kind: 'waiting', reason: 'The gateway could not be told what to be.' })
  })
})

describe('a listener that acts at once', () => {
  it('and starts, does not make a second one', () => {
    const stage = createStage()
    stage.supervisor.onChange(({ kind }) => {
      if (kind === 'starting') stage.supervisor.start()
    })
    stage.supervisor.start()
    stage.puppet.ready()
    expect(stage.puppets).toHaveLength(1)
    expect(stage.supervisor.state.kind).toBe('serving')
  })

  it('and stops, leaves none behind', () => {
    const stage = createStage()
    stage.supervisor.onChange(({ kind }) => {
      if (kind === 'starting') void stage.supervisor.stop(0)
    })
    stage.supervisor.start()
    expect(stage.supervisor.state.kind).toBe('stopping')
    stage.puppet.end(0)
    expect(stage.supervisor.state).toEqual({ kind: 'stopped', reason: null })
    expect(stage.clock.waiting).toBe(0)
  })
})

describe('a listener that throws', () => {
  it('stops neither the care of the gateway nor other listeners', async () => {
    const stage = createStage()
    const heard: string[] = []
    stage.supervisor.onChange(() => {
      throw new TypeError('Object has been destroyed')
    })
    stage.supervisor.onChange(({ kind }) => heard.push(kind))
    stage.supervisor.start()
    stage.puppet.ready()
    const gone = stage.supervisor.stop(0)
    stage.puppet.end(0)
    await gone
    expect(heard).toEqual(['starting', 'serving', 'stopping', 'stopped'])
    expect(stage.notes).toContain('listener-failed')
  })
})

describe('a taken port', () => {
  const taken = { kind: 'failed', code: 'port-taken', sentence: 'The port is already taken.', port: 4000 } as const

  it('is one state, with the owner in it', async () => {
    const stage = createStage({ owner: 'nginx, process 4711' })
    stage.supervisor.start()
    stage.puppet.say(taken)
    stage.puppet.end(1)
    await Promise.resolve()
    await Promise.resolve()
    expect(stage.states).toEqual([{ kind: 'starting' }, { kind: 'port-taken', port: 4000, owner: 'nginx, process 4711' }])
    stage.clock.pass(600_000)
    expect(stage.puppets).toHaveLength(1)
  })

  it('is left for another one, which is kept for later starts', async () => {
    const stage = createStage()
    stage.supervisor.start()
    stage.puppet.say(taken)
    stage.puppet.end(1)
    stage.supervisor.start({ port: 4001 })
    expect(stage.puppet.heard[0]).toMatchObject({ kind: 'launch', options: { port: 4001 } })
    stage.puppet.ready()
    await Promise.resolve()
    await Promise.resolve()
    expect(stage.supervisor.state.kind).toBe('serving')
    stage.puppet.end(1)
    stage.clock.pass(1000)
    expect(stage.puppet.heard[0]).toMatchObject({ options: { port: 4001 } })
  })
})

describe('whatever happens in whatever order', () => {
  it('there are never two, and a stop at the end ends it', async () => {
    const orders = fc.constantFrom('start', 'stop', 'restart', 'ready', 'crash', 'refuse', 'taken', 'sleep', 'wake', 'second', 'minute')
    await fc.assert(
      fc.asyncProperty(fc.array(orders, { maxLength: 40 }), async (list) => {
        // The stage itself throws when a second child is forked while one is there.
        const stage = createStage({ outlivesKill: true })
        for (const order of list) act(stage, order)
        const gone = stage.supervisor.stop(0)
        for (const puppet of stage.puppets) puppet.end(0)
        await gone
        expect(stage.supervisor.state.kind).toBe('stopped')
        expect(stage.states.filter((state) => state.kind === 'waiting' && state.reason.includes('there were two'))).toEqual([])
        expect(stage.clock.waiting).toBe(0)
      }),
    )
  })

  function act(stage: Stage, order: string): void {
    const { supervisor, clock } = stage
    const puppet = stage.puppets.findLast(({ gone }) => !gone)
    if (order === 'start') supervisor.start()
    if (order === 'stop') void supervisor.stop(1000)
    if (order === 'restart') void supervisor.restart(1000)
    if (order === 'ready') puppet?.ready()
    if (order === 'crash') puppet?.end(1)
    if (order === 'refuse') puppet?.say({ kind: 'failed', code: 'refused', sentence: 'No.', port: null })
    if (order === 'taken') puppet?.say({ kind: 'failed', code: 'port-taken', sentence: 'Taken.', port: 4000 })
    if (order === 'sleep') supervisor.suspended()
    if (order === 'wake') supervisor.resumed()
    if (order === 'second') clock.pass(1000)
    if (order === 'minute') clock.pass(60_000)
  }
})
