// Files stay under 300 lines, functions under 70, parameter lists at three; size-exceptions.json lists the rest with reasons.
// Promises: prints the largest of each; an exception that is no longer needed fails too.
// Leaves alone: style sheets, whose length is a list of rules and no logic.

import { describe, expect, it } from 'vitest'
import exceptions from './size-exceptions.json' with { type: 'json' }
import { fileLinesMax, functionLinesMax, largest, measureFile, measureFunctions, parametersMax, type Measure } from './sizes.ts'
import { readSources, toSource } from './source-files.ts'

const sources = readSources()
const files = sources.map(measureFile)
const functions = sources.map(measureFunctions)
const lengths = functions.flatMap((found) => found.lengths)
const parameters = functions.flatMap((found) => found.parameters)

/** `a.ts:12 name` is excepted as `a.ts name`, so that moving lines does not matter. */
const keyOf = (subject: string): string => subject.replace(/:\d+ /, ' ')
function beyond(measures: readonly Measure[], max: number, granted: Readonly<Record<string, string>>): readonly string[] {
  return measures
    .filter((measure) => measure.size > max && granted[keyOf(measure.subject)] === undefined)
    .map((measure) => `${measure.subject}: ${measure.size} > ${max}`)
}
function unneeded(measures: readonly Measure[], max: number, granted: Readonly<Record<string, string>>): readonly string[] {
  return Object.keys(granted).filter((key) => !measures.some((measure) => keyOf(measure.subject) === key && measure.size > max))
}
function print(title: string, measures: readonly Measure[]): void {
  process.stdout.write(
    `${title}: ${largest(measures, 3)
      .map((measure) => `${measure.subject} (${measure.size})`)
      .join(', ')}\n`,
  )
}

describe('sizes', () => {
  it('no file is longer than 300 lines', () => {
    print('longest files', files)
    expect(beyond(files, fileLinesMax, exceptions.files)).toEqual([])
  })

  it('no function is longer than 70 lines', () => {
    print('longest functions', lengths)
    expect(beyond(lengths, functionLinesMax, exceptions.functions)).toEqual([])
  })

  it('no function takes more than three parameters', () => {
    expect(beyond(parameters, parametersMax, exceptions.parameters)).toEqual([])
  })

  it('every exception is still needed and has a reason', () => {
    expect([
      ...unneeded(files, fileLinesMax, exceptions.files),
      ...unneeded(lengths, functionLinesMax, exceptions.functions),
      ...unneeded(parameters, parametersMax, exceptions.parameters),
    ]).toEqual([])
    const reasons = [exceptions.files, exceptions.functions, exceptions.parameters].flatMap((granted) => Object.values<string>(granted))
    expect(reasons.filter((reason) => reason.trim().split(' ').length < 4)).toEqual([])
  })
})

describe('the measures', () => {
  const longBody = 'let x = 0\n'.repeat(75)

  it('count a file by its lines', () => {
    expect(measureFile(toSource('a.ts', 'one\ntwo\nthree\n')).size).toBe(3)
    expect(beyond([measureFile(toSource('a.ts', '\n'.repeat(301)))], fileLinesMax, {})).toEqual(['a.ts: 301 > 300'])
  })

  it.each([
    `function long() {\n${longBody}}`,
    `const long = () => {\n${longBody}}`,
    `class A { long() {\n${longBody}} }`,
    `const a = { long: async function () {\n${longBody}} }`,
  ])('find a long function however it is written', (text) => {
    const found = measureFunctions(toSource('a.ts', text)).lengths
    expect(beyond(found, functionLinesMax, {})).toEqual(['a.ts:1 long: 77 > 70'])
  })

  it('look into the script of a Svelte file', () => {
    const found = measureFunctions(toSource('A.svelte', `<p>text</p>\n<script lang="ts">\nfunction long() {\n${longBody}}\n</script>`)).lengths
    expect(found).toEqual([{ subject: 'A.svelte:3 long', size: 77 }])
  })

  it('count parameters, a destructured one once', () => {
    const found = measureFunctions(toSource('a.ts', 'const f = (a, b, { c, d }, e) => 1\nfunction g(a, { b }) {}')).parameters
    expect(beyond(found, parametersMax, {})).toEqual(['a.ts:1 f: 4 > 3'])
  })

  it('do not take a group of tests for a function', () => {
    expect(measureFunctions(toSource('a.test.ts', `describe('x', () => {\n${longBody}})`)).lengths).toEqual([])
  })
})
