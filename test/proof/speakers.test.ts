// The speakers against the gateway's own lists of routes.
// Promises: a route for inference that nobody asks, and a speaker whose route is gone, are named. Leaves alone: answers (hostile.ts, fuzz.ts).

import { expect, it } from 'vitest'
import { objectOf } from '../../gateway/contract/json.ts'
import { startHouse } from '../kit/house.ts'
import { declaredRoutes } from './declared-routes.ts'
import { houseSpeakers } from './house-speakers.ts'
import { ownPaths } from './siege-models.ts'
import { packForm } from './speaker-media.ts'
import { furtherSpeakers, speakerFor, speakers } from './speakers.ts'

it('asks every route for inference that there is, and no other', () => {
  expect(declaredRoutes().filter((route) => speakerFor(route) === null && !furtherSpeakers.some((one) => one.route === route.path))).toEqual([])
  const asked = [...speakers, ...furtherSpeakers]
    .map(({ method, route }) => `${method} ${route}`)
    .filter((one) => !Object.values(ownPaths).some((own) => one.includes(own)))
  expect(asked.sort()).toEqual(
    declaredRoutes()
      .map(({ method, path }) => `${method} ${path}`)
      .sort(),
  )
  expect(asked.length).toBeGreaterThan(90)
})

it('has no words for a dialect that nobody has spoken yet', () => {
  const [route] = declaredRoutes()
  if (route === undefined) throw new Error('the gateway declares no routes')
  expect(speakerFor({ ...route, path: '/new/thing', wire: 'bedrock-converse' })).toBeNull()
})

it('asks everything for clients that the gateway answers itself', { timeout: 60_000 }, async () => {
  const house = await startHouse({ config: 'model_list: []\n' })
  try {
    const { json } = await house.get('/openapi.json')
    const listed = Object.entries(objectOf(json['paths']) ?? {}).flatMap(([path, item]) =>
      Object.entries(objectOf(item) ?? {}).flatMap(([method, operation]) =>
        JSON.stringify(objectOf(operation)?.['tags']) === '["inference"]' ? [`${method.toUpperCase()} ${path}`] : [],
      ),
    )
    const inference = new Set(declaredRoutes().map(({ method, path }) => `${method} ${path.replace('*}', '}')}`))
    expect(houseSpeakers.map(({ method, route }) => `${method} ${route}`).sort()).toEqual(listed.filter((one) => !inference.has(one)).sort())
  } finally {
    await house.stop()
  }
})

it('packs a form with its files, whatever its members have become', () => {
  const text = packForm({ model: 'a', file: { file: 'recording', name: 'a.wav', type: 'audio/wav' }, odd: { a: 1 }, list: [1, 'b'] }).toString('latin1')
  expect(text).toContain('filename="a.wav"')
  expect(text).toContain('RIFF')
  expect(text).toContain('{"a":1}')
  expect(text.match(/name="list\[\]"/g)).toHaveLength(2)
  expect(packForm(null).length).toBeGreaterThan(0)
})
