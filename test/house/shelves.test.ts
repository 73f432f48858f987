// Every plug on every shelf is registered by exactly one line of its index.ts and has a test.
// Promises: held against the shelves as they are, and against made-up shelves that must fail.

import { describe, expect, it } from 'vitest'
import { wireIds } from '../../gateway/contract/request.ts'
import { shelfViolations, wireViolations, type Shelf } from './shelves.ts'
import { readSources, toSource } from './source-files.ts'

const shelves: readonly Shelf[] = [
  { folder: 'gateway/providers', parts: {} },
  { folder: 'gateway/guardrails', parts: {} },
  { folder: 'gateway/sinks', parts: {} },
  { folder: 'gateway/caches', parts: {} },
]
const sources = readSources()
const tests = sources.filter((file) => file.path.startsWith('test/'))

it.each(shelves)('$folder holds only registered and tested plugs', (shelf) => {
  expect(shelfViolations(shelf, sources, tests)).toEqual([])
})

it('every wire of the contract has one line on its shelf and a test', () => {
  expect(wireIds.flatMap((id) => wireViolations(id, sources, tests))).toEqual([])
})

describe('the shelf rule', () => {
  const shelf: Shelf = { folder: 'gateway/sinks', parts: { 'batch.ts': 'shared by two plugs' } }
  const index = (text: string): ReturnType<typeof toSource> => toSource('gateway/sinks/index.ts', text)
  const plug = toSource('gateway/sinks/csv.ts', 'export const csv = {}')
  const test = toSource('test/gateway/sinks/csv.test.ts', `import { csv } from '../../../gateway/sinks/csv.ts'`)

  it('accepts a registered and tested plug', () => {
    expect(shelfViolations(shelf, [index(`import { csv } from './csv.ts'`), plug], [test])).toEqual([])
  })

  it('refuses a plug without a line', () => {
    expect(shelfViolations(shelf, [index(''), plug], [test])).toEqual(['gateway/sinks/csv.ts: needs exactly one line in gateway/sinks/index.ts'])
  })

  it('refuses a plug with two lines', () => {
    expect(shelfViolations(shelf, [index(`import { csv } from './csv.ts'\nexport { csv } from './csv.ts'`), plug], [test])).toHaveLength(1)
  })

  it('refuses a plug without a test', () => {
    expect(shelfViolations(shelf, [index(`import { csv } from './csv.ts'`), plug], [])).toEqual(['gateway/sinks/csv.ts: no test imports it'])
  })

  it('refuses a line without a plug, and plugs without an index', () => {
    expect(shelfViolations(shelf, [index(`import { gone } from './gone.ts'`)], [])).toEqual(['gateway/sinks/index.ts: gateway/sinks/gone.ts does not exist'])
    expect(shelfViolations(shelf, [plug], [test])).toEqual(['gateway/sinks/csv.ts: the shelf has no index.ts to register it'])
  })

  it('refuses a wire without a line, and one without a test', () => {
    const shelfOfWires = toSource('gateway/translate/index.ts', `import { ollamaChat } from './ollama-chat/ollama-chat.ts'`)
    expect(wireViolations('ollama-embed', [shelfOfWires], [])).toEqual([
      'ollama-embed: needs exactly one line in gateway/translate/index.ts',
      'ollama-embed: no test is named after it',
    ])
    expect(wireViolations('ollama-chat', [shelfOfWires], [toSource('test/gateway/translate/ollama-chat.test.ts', '')])).toEqual([])
  })
})
