// What people type after `npm run bench --` and `npm run proof --`. Promises: help says all there is; what is not understood is one sentence, and
// nothing is built or run. The programs themselves are started. Leaves alone: what they measure.

import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readCommand } from '../kit/command-line.ts'
import { proofs } from '../proof/proofs.ts'

const root = resolve(import.meta.dirname, '../..')
const programs = { bench: 'test/load/bench.ts', proof: 'test/proof/run.ts' } as const
type Program = keyof typeof programs
function run(program: Program, args: readonly string[]): { readonly code: number | null; readonly said: string; readonly refused: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [programs[program], ...args], { cwd: root, encoding: 'utf8' })
  return { code: status, said: stdout, refused: stderr }
}

describe('help', () => {
  it.each<[Program, readonly string[], readonly string[]]>([
    ['bench', ['only name,name', 'rounds N', 'seconds N', 'help'], ['proxies', 'translation']],
    ['proof', ['only name,name', 'short', 'seed N', 'seeds N', 'kills N', 'requests N', 'only-case N', 'help'], proofs.map(({ name }) => name)],
  ])('of npm run %s lists options and names, and nothing is run', (program, options, names) => {
    const { code, said, refused } = run(program, ['--help'])
    expect([code, refused]).toEqual([0, ''])
    const rows = said.split('\n').flatMap((line) => /^ {2}(\S.*?) {2,}\S/.exec(line)?.[1] ?? [])
    expect(rows).toEqual([...options.map((option) => `--${option}`), ...names])
  })
})

describe('what is not understood', () => {
  it.each<[Program, string, string]>([
    ['bench', '--only nonsense', 'There is no nonsense to run; there are proxies, translation.'],
    ['bench', '--rouns 3', 'There is no option --rouns; there are --only, --rounds, --seconds, --help.'],
    ['bench', '--rounds 0', '--rounds is a whole number from 1 on, not 0.'],
    ['bench', '--seconds soon', '--seconds is a number of more than 0, not soon.'],
    ['proof', '--only kills,nonsense', `There is no nonsense to run; there are ${proofs.map(({ name }) => name).join(', ')}.`],
    ['proof', 'kills', 'There is no option kills; there are --only, --short, --seed, --seeds, --kills, --requests, --only-case, --help.'],
    ['proof', '--kills few', '--kills is a whole number, not few.'],
    ['proof', '--seed --short', '--seed wants N after it.'],
    ['proof', '--short=yes', '--short stands alone, without yes.'],
  ])('npm run %s -- %s is one sentence, and nothing is run', (program, args, sentence) => {
    expect(run(program, args.split(' '))).toEqual({ code: 1, said: '', refused: `${sentence}\n` })
  })
})

it('what is understood is handed on, the last of two said alike', () => {
  const command = {
    name: 'npm run it',
    does: 'it',
    options: { only: { takes: 'name', means: '' }, fast: { means: '' }, times: { takes: 'N', means: '' }, hours: { takes: 'N', means: '' } },
    names: { one: '', two: '' },
  }
  const read = (...args: string[]): unknown =>
    readCommand(command, (given) => [given.names('only'), given.has('fast'), given.count('times', 1), given.amount('hours')], args)
  expect(read('--only', 'two, one', '--fast', '--times=3', '--times', '4', '--hours', '0.5')).toEqual([['two', 'one'], true, 4, 0.5])
  expect(read()).toEqual([null, false, null, null])
})
