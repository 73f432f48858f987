// The paths that the desktop's private scheme carries to the gateway, against the routes that there are.
// Promises: whatever an administrator may ask works in the window, too; a new room of the administration that is missing there fails here.

import { expect, it } from 'vitest'
import { isPanelPath } from '../../../gateway/contract/panel-paths.ts'
import { createWorld } from '../admin/world.ts'

// A session is what the window has no need of.
const signing = ['/panel/sign-in', '/panel/sign-out']

it('every route of the administration is carried, and signing in is not', async () => {
  const { routes } = await createWorld()
  const sample = (path: string): string => path.replaceAll(/\{\w+\*?\}/g, 'some%2Fname')
  const asked = routes.filter(({ auth, path }) => (auth === 'admin' || auth === 'session') && !signing.includes(path))
  expect(asked.length).toBeGreaterThan(50)
  expect(asked.filter(({ path }) => !isPanelPath(sample(path))).map(({ method, path }) => `${method} ${path}`)).toEqual([])
  expect(signing.filter(isPanelPath)).toEqual([])
})
