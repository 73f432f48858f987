// The panel in a real browser: page by page against a stand-in gateway (panel/), whole journeys against the real one (panel-real/).
// Run with `npm run test:panel`.
// Promises: the machine's own Chromium when Playwright's is missing; two workers; screenshots only of failures.
// Leaves alone: starting servers (panel/panel-page.ts starts one per test, panel-real/ one per file).

import { defineConfig } from '@playwright/test'
import { parts } from '../kit/parts.ts'

export default defineConfig({
  testDir: '.',
  testMatch: '{panel,panel-real}/*.spec.ts',
  outputDir: '../../test-results/panel',
  fullyParallel: true,
  workers: 2,
  timeout: 30_000,
  expect: { timeout: 5000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    timezoneId: 'America/New_York',
    screenshot: 'only-on-failure',
    permissions: ['clipboard-read', 'clipboard-write'],
    launchOptions: {
      ...(parts.chromium === null ? {} : { executablePath: parts.chromium }),
      // Chromium refuses its sandbox to root, which is who runs tests in containers.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
})
