// How test results are added up: nothing that failed, and nothing that was skipped, may get lost on the way to the last line.
// Promises: fed with reports as vitest and Playwright write them.

import { describe, expect, it } from 'vitest'
import { addTallies, closingLine, tallyPlaywright, tallyVitest, unexcusedSkips } from '../../scripts/steps/results.mjs'

const result = (title: string, status: string): object => ({ ancestorTitles: ['group'], title, status })
const vitestReport = {
  testResults: [
    {
      name: '/repo/test/house/a.test.ts',
      status: 'failed',
      assertionResults: [result('works', 'passed'), result('breaks', 'failed'), result('rests', 'skipped')],
    },
    { name: '/repo/test/house/b.test.ts', status: 'failed', assertionResults: [] },
  ],
}
const playwrightReport = {
  config: { rootDir: '/repo/test/renderer/panel' },
  errors: [],
  suites: [
    {
      title: 'keys.spec.ts',
      specs: [
        { title: 'opens', tests: [{ status: 'expected' }, { status: 'unexpected' }] },
        { title: 'wavers', tests: [{ status: 'flaky' }] },
      ],
      suites: [{ title: 'dark', specs: [{ title: 'shows', tests: [{ status: 'skipped' }] }] }],
    },
  ],
}

describe('the tally', () => {
  it('counts a vitest file that could not load as a failure', () => {
    expect(tallyVitest(vitestReport, '/repo/')).toEqual({ passed: 1, failed: 2, skipped: 1, skips: ['test/house/a.test.ts > group > rests'] })
  })

  it('counts a browser test that passed only when tried again as a failure', () => {
    expect(tallyPlaywright(playwrightReport, '/repo/')).toEqual({
      passed: 1,
      failed: 2,
      skipped: 1,
      skips: ['test/renderer/panel/keys.spec.ts > dark > shows'],
    })
  })

  it('counts a missing report as a failure', () => {
    expect(tallyVitest(null, '/repo/').failed).toBe(1)
    expect(tallyPlaywright(null, '/repo/').failed).toBe(1)
  })

  it('adds suites up into one closing line', () => {
    expect(closingLine(addTallies([tallyVitest(vitestReport, '/repo/'), tallyPlaywright(playwrightReport, '/repo/')]))).toBe('2 passed, 4 failed, 2 skipped')
  })
})

describe('a skip', () => {
  it('is excused only by an entry that its name starts with', () => {
    const allowed = [{ test: 'test/house/a.test.ts > group', reason: 'this machine has no such part' }]
    expect(unexcusedSkips(['test/house/a.test.ts > group > rests', 'test/house/b.test.ts > rests'], allowed)).toEqual(['test/house/b.test.ts > rests'])
  })
})
