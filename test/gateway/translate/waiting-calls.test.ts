// Calls that wait for their result. The model is a plain list that is searched from its beginning.
// Randomised: fast-check prints the seed of a failure, `fc.assert(…, { seed })` replays it.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createWaitingCalls, type WaitingCall } from '../../../gateway/translate/waiting-calls.ts'

const word = fc.constantFrom('a', 'b', 'c')
const adding = fc.record({ do: fc.constant('add' as const), id: word, name: word })
const taking = fc.record({ do: fc.constant('take' as const), id: fc.option(word, { nil: undefined }), name: fc.option(word, { nil: undefined }) })

it('finds the first that fits, once', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(adding, taking), { maxLength: 60 }), (steps) => {
      const calls = createWaitingCalls()
      const model: WaitingCall[] = []
      for (const step of steps) {
        if (step.do === 'add') {
          const call = { id: step.id, name: step.name }
          calls.add(call)
          model.push(call)
          continue
        }
        const place = model.findIndex((call) => (step.id !== undefined ? call.id === step.id : step.name === undefined || call.name === step.name))
        const expected = place < 0 ? undefined : model.splice(place, 1)[0]
        expect(calls.take(step)).toBe(expected)
      }
    }),
  )
})
