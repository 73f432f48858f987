// A supervisor that is held: nothing is started, whoever asks; what was asked for is done once it is let go.
// Promises: exact, with puppets and a clock turned by hand. Leaves alone: who holds it (test/main/update/hold-down.test.ts).

import { expect, it } from 'vitest'
import { createStage } from '../../kit/supervisor-stage.ts'

it('starts nothing, and once let go what was asked for, once', () => {
  const { supervisor, puppets } = createStage()
  const letGo = supervisor.hold()
  supervisor.start()
  supervisor.start({ port: 4001 })
  expect([puppets.length, supervisor.state]).toEqual([0, { kind: 'stopped', reason: null }])
  letGo()
  letGo()
  expect([puppets.length, supervisor.state.kind]).toEqual([1, 'starting'])
  expect(puppets[0]?.heard).toMatchObject([{ kind: 'launch', options: { port: 4001 } }])
})

it('starts nothing once let go when nobody asked, or somebody stopped it since', async () => {
  const { supervisor, puppets } = createStage()
  supervisor.hold()()
  const letGo = supervisor.hold()
  supervisor.start()
  await supervisor.stop(0)
  letGo()
  expect(puppets).toHaveLength(0)
})

it('lets one that runs go on; a restart meanwhile only ends it', async () => {
  const stage = createStage()
  stage.supervisor.start()
  stage.puppet.ready()
  const letGo = stage.supervisor.hold()
  expect(stage.supervisor.state.kind).toBe('serving')
  const again = stage.supervisor.restart(1000)
  stage.puppet.end(0)
  await again
  stage.clock.pass(600_000)
  expect([stage.puppets.length, stage.supervisor.state.kind]).toEqual([1, 'stopped'])
  letGo()
  expect([stage.puppets.length, stage.supervisor.state.kind]).toEqual([2, 'starting'])
})

it('keeps one down that waits for its next start', () => {
  const stage = createStage()
  stage.supervisor.start()
  stage.puppet.end(1)
  const letGo = stage.supervisor.hold()
  stage.clock.pass(600_000)
  expect([stage.puppets.length, stage.supervisor.state.kind]).toEqual([1, 'stopped'])
  letGo()
  expect(stage.puppets).toHaveLength(2)
})

it('is let go when the last one lets go', () => {
  const { supervisor, puppets } = createStage()
  const [first, second] = [supervisor.hold(), supervisor.hold()]
  supervisor.start()
  first()
  expect(puppets).toHaveLength(0)
  second()
  expect(puppets).toHaveLength(1)
})
