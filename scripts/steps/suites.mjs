// Runs the test suites and gives their tallies: vitest's (house, unit, conformance, journeys) and the browser's (Playwright).
// Promises: results come from the tools' own JSON reports, so that nothing is counted by reading the screen.
// Leaves alone: installing and building (test.mjs), and whether a skip is allowed (results.mjs).

import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { tallyPlaywright, tallyVitest } from './results.mjs'
import { inRoot, nodeBinary, root, runTool } from './tools.mjs'

const reports = inRoot('node_modules/.cache/tests')
const browserConfig = 'test/renderer/playwright.config.ts'
const top = `${root.replaceAll('\\', '/')}/`

/** @param {string[]} filters file name parts; empty = all */
export async function runVitest(filters) {
  const file = `${reports}/vitest.json`
  forget(file)
  const code = await runTool('vitest/vitest.mjs', ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...filters])
  const tally = tallyVitest(readReport(file), top)
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally
}

/** @param {string[]} filters passed on to Playwright */
export async function runBrowserSuites(filters) {
  const file = `${reports}/playwright.json`
  forget(file)
  const parameters = ['test', '--config', browserConfig, '--reporter=line,json', ...filters]
  const code = await runTool('@playwright/test/cli.js', parameters, { env: { PLAYWRIGHT_JSON_OUTPUT_FILE: file, PLAYWRIGHT_JSON_OUTPUT_NAME: file } })
  const tally = tallyPlaywright(readReport(file), top)
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally
}

/** Every browser test, named as skipped, for a machine without a browser. Listing them needs none. */
export async function listBrowserSuites() {
  const parameters = [inRoot('node_modules/@playwright/test/cli.js'), 'test', '--list', '--config', browserConfig, '--reporter=json']
  const { stdout } = await promisify(execFile)(nodeBinary, parameters, { cwd: root, maxBuffer: 64 * 1024 * 1024 })
  const report = JSON.parse(stdout)
  const asSkipped = (suite) => ({
    ...suite,
    specs: (suite.specs ?? []).map((spec) => ({ ...spec, tests: spec.tests.map((test) => ({ ...test, status: 'skipped' })) })),
    suites: (suite.suites ?? []).map(asSkipped),
  })
  return tallyPlaywright({ config: report.config, suites: report.suites.map(asSkipped) }, top)
}

/** What test/kit/parts.ts finds on this machine. @returns {Promise<{ parts: { chromium: string | null }, missing: { part: string, enable: string }[] }>} */
export async function readParts() {
  const program = "import('./test/kit/parts.ts').then(({ parts, missingParts }) => process.stdout.write(JSON.stringify({ parts, missing: missingParts() })))"
  const { stdout } = await promisify(execFile)(nodeBinary, ['--input-type=module', '--eval', program], { cwd: root })
  return JSON.parse(stdout)
}

function forget(file) {
  mkdirSync(reports, { recursive: true })
  rmSync(file, { force: true })
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}
