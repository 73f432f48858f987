// Which tests vitest runs and how: four projects, for the repository's own rules, for Node code, for the desktop shell (Electron stood in for), for the panel's
// modules (Svelte's runes compiled).
// Promises: two worker processes, so that timings stay honest on two cores; a hanging test ends after its limit.
// Leaves alone: browser suites (test/renderer/playwright.config.ts), test/load and test/desktop.

import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { keepCompiled } from './scripts/steps/tools.mjs'

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    allowOnly: false,
    // Hundreds of processes are started from the sources.
    env: keepCompiled,
    projects: [
      // These change nothing, and each reads every file there is: in one process after another, the files are parsed once.
      { extends: true, test: { name: 'house', include: ['test/house/**/*.test.ts'], environment: 'node', isolate: false } },
      { extends: true, test: { name: 'node', include: ['test/{gateway,conformance,journeys,scripts,pack,proof}/**/*.test.ts'], environment: 'node' } },
      {
        extends: true,
        resolve: { alias: { electron: fileURLToPath(new URL('./test/kit/electron/index.ts', import.meta.url)) } },
        test: { name: 'shell', include: ['test/main/**/*.test.ts'], environment: 'node' },
      },
      {
        extends: true,
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ['browser'] },
        test: { name: 'panel', include: ['test/renderer/*.test.ts'], environment: 'node' },
      },
    ],
  },
})
