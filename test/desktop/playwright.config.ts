// The desktop app in a real Electron. Run with `npm run test:desktop`, which finds the runtime; nothing else runs it.
// Promises: one app at a time, because there is only one instance of it. Leaves alone: what a stand-in can show (test/main).

import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../test-results/desktop',
  workers: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
})
