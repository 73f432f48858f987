// Adds up what vitest and Playwright reported, and judges the skips.
// Promises: a test file that could not even load counts as a failure; every skip is listed by file and name.
// Leaves alone: running anything.

/**
 * A tally: how many, and the names of what was skipped as `test/file.test.ts > group > title`.
 * @typedef {{ passed: number, failed: number, skipped: number, skips: string[] }} Tally
 */

/** @param {any} report vitest's JSON report, null when there is none. @param {string} top the repository's folder, with a closing slash @returns {Tally} */
export function tallyVitest(report, top) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0, skips: [] }
  const tally = { passed: 0, failed: 0, skipped: 0, skips: [] }
  for (const file of report.testResults) {
    const name = file.name.replaceAll('\\', '/').replace(top, '')
    if (file.status === 'failed' && !file.assertionResults.some((result) => result.status === 'failed')) tally.failed += 1
    for (const result of file.assertionResults) {
      if (result.status === 'passed') tally.passed += 1
      else if (result.status === 'failed') tally.failed += 1
      else tally.skips.push([name, ...result.ancestorTitles, result.title].join(' > '))
    }
  }
  return { ...tally, skipped: tally.skips.length }
}

/** @param {any} report Playwright's JSON report, null when there is none. @param {string} top as above @returns {Tally} */
export function tallyPlaywright(report, top) {
  if (report === null) return { passed: 0, failed: 1, skipped: 0, skips: [] }
  const tally = { passed: 0, failed: report.errors?.length ?? 0, skipped: 0, skips: [] }
  const visit = (suite, trail) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        // flaky: failed first and passed when tried again. That is no pass.
        if (test.status === 'expected') tally.passed += 1
        else if (test.status === 'skipped') tally.skips.push([...trail, spec.title].join(' > '))
        else tally.failed += 1
      }
    }
    for (const inner of suite.suites ?? []) visit(inner, [...trail, inner.title])
  }
  for (const suite of report.suites ?? []) visit(suite, [`${report.config.rootDir}/${suite.title}`.replaceAll('\\', '/').replace(top, '')])
  return { ...tally, skipped: tally.skips.length }
}

/** @param {Tally[]} tallies @returns {Tally} */
export function addTallies(tallies) {
  const sum = (field) => tallies.reduce((total, tally) => total + tally[field], 0)
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped'), skips: tallies.flatMap((tally) => tally.skips) }
}

/** Skips that no entry of allowed-skips.json covers. An entry covers what starts with its `test`. @param {string[]} skips @param {{ test: string, reason: string }[]} allowed */
export function unexcusedSkips(skips, allowed) {
  return skips.filter((skip) => !allowed.some((entry) => skip.startsWith(entry.test)))
}

/** @param {Tally} tally */
export function closingLine(tally) {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`
}
