// What stands behind `npm run bench --` and `npm run proof --`: read, or answered with help or one sentence.
// Promises: an option that is not known, a name that is not there and a number that is none are refused before anything is built or
// run, in one sentence; so is a build that fails.
// Leaves alone: what is run.

import { parseArgs } from 'node:util'
import { ensureBuilt } from '../../scripts/steps/build.mjs'

export interface OptionRow {
  /** What follows it, as help shows it; without it, it stands alone. */
  readonly takes?: string
  readonly means: string
}
export interface Command<Option extends string> {
  /** As people type it. */
  readonly name: string
  readonly does: string
  readonly options: Readonly<Record<Option, OptionRow>>
  /** What can be named, with a word about each. */
  readonly names: Readonly<Record<string, string>>
}
export interface Given<Option extends string> {
  has(option: Option): boolean
  /** null: not given. */
  count(option: Option, least: number): number | null
  /** More than none, and not always whole. */
  amount(option: Option): number | null
  names(option: Option): readonly string[] | null
}
/** The message is the sentence. */
class NotUnderstood extends Error {}

/** Reads, builds what is stale, and does the work. */
export async function runCommand<Option extends string, Order>(
  command: Command<Option>,
  toOrder: (given: Given<Option>) => Order,
  work: (order: Order) => Promise<void>,
): Promise<void> {
  const order = readCommand(command, toOrder)
  if (order === null) return
  try {
    await ensureBuilt()
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
  await work(order)
}

/** null: there is nothing to do; help was printed, or a sentence, and the exit code is set. */
export function readCommand<Option extends string, Order>(
  command: Command<Option>,
  toOrder: (given: Given<Option>) => Order,
  args = process.argv.slice(2),
): Order | null {
  try {
    const values = readValues(command, args)
    if (!values.has('help')) return toOrder(toGiven(command, values))
    process.stdout.write(helpOf(command))
  } catch (error) {
    if (!(error instanceof NotUnderstood)) throw error
    refuse(error.message)
  }
  return null
}

function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`)
  process.exitCode = 1
}

function readValues(command: Command<string>, args: string[]): ReadonlyMap<string, string> {
  const rows: Readonly<Record<string, OptionRow>> = { ...command.options, help: { means: '' } }
  const options = Object.fromEntries(Object.entries(rows).map(([name, { takes }]) => [name, { type: takes === undefined ? 'boolean' : 'string' } as const]))
  // Not strict: what it would throw is several sentences long.
  const { tokens } = parseArgs({ args, options, strict: false, tokens: true })
  const values = new Map<string, string>()
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue
    const row = token.kind === 'option' && token.rawName.startsWith('--') && Object.hasOwn(rows, token.name) ? rows[token.name] : undefined
    if (token.kind === 'positional' || row === undefined) {
      const known = Object.keys(rows).map((name) => `--${name}`)
      throw new NotUnderstood(`There is no option ${token.kind === 'option' ? token.rawName : token.value}; there are ${known.join(', ')}.`)
    }
    const { name, value, inlineValue } = token
    if (row.takes === undefined && value !== undefined) throw new NotUnderstood(`--${name} stands alone, without ${value}.`)
    if (row.takes !== undefined && (value === undefined || (!inlineValue && value.startsWith('--'))))
      throw new NotUnderstood(`--${name} wants ${row.takes} after it.`)
    values.set(name, value ?? '')
  }
  return values
}

function toGiven<Option extends string>(command: Command<Option>, values: ReadonlyMap<string, string>): Given<Option> {
  return {
    has: (option) => values.has(option),
    count(option, least) {
      const text = values.get(option)
      if (text === undefined) return null
      if (!/^\d{1,15}$/.test(text) || Number(text) < least)
        throw new NotUnderstood(`--${option} is a whole number${least > 0 ? ` from ${least} on` : ''}, not ${text}.`)
      return Number(text)
    },
    amount(option) {
      const text = values.get(option)
      if (text === undefined) return null
      if (!/^\d{1,9}(?:\.\d{1,9})?$/.test(text) || Number(text) === 0) throw new NotUnderstood(`--${option} is a number of more than 0, not ${text}.`)
      return Number(text)
    },
    names(option) {
      const names = values
        .get(option)
        ?.split(',')
        .map((name) => name.trim())
      const unknown = names?.filter((name) => !Object.hasOwn(command.names, name)) ?? []
      if (unknown.length > 0) throw new NotUnderstood(`There is no ${unknown.join(', ')} to run; there are ${Object.keys(command.names).join(', ')}.`)
      return names ?? null
    },
  }
}

function helpOf({ name, does, options, names }: Command<string>): string {
  const rows = Object.entries<OptionRow>({ ...options, help: { means: 'prints this and runs nothing' } })
  const shown = rows.map(([option, { takes, means }]) => [`--${option}${takes === undefined ? '' : ` ${takes}`}`, means] as const)
  const width = Math.max(...shown.map(([left]) => left.length), ...Object.keys(names).map((one) => one.length))
  const lines = (list: readonly (readonly [string, string])[]): string => list.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join('')
  return `${name}: ${does}\n\nOptions, after ${name} --\n${lines(shown)}\nNames\n${lines(Object.entries(names))}`
}
