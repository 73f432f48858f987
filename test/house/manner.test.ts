// Files are named for one idea, open by saying what they are for, and export by name.
// Promises: held against the whole repository, and against snippets that must fail.

import { describe, expect, it } from 'vitest'
import { exportViolations, nameViolations, openingViolations } from './manner.ts'
import { readSources, toSource } from './source-files.ts'

const sources = readSources()

describe('manner', () => {
  it('files are kebab-case, components PascalCase, and no name is an empty word', () => {
    expect(sources.flatMap((file) => nameViolations(file.path))).toEqual([])
  })

  it('every file opens with what it is for', () => {
    expect(sources.flatMap(openingViolations)).toEqual([])
  })

  it('exports are named', () => {
    expect(sources.flatMap(exportViolations)).toEqual([])
  })
})

describe('the rules of manner', () => {
  it.each([
    'gateway/kit/stringUtils.ts',
    'gateway/utils/text.ts',
    'gateway/kit/Text.ts',
    'gateway/door/request-handler.ts',
    'gateway/providers/base.ts',
    'renderer/ui/button.svelte',
    'gateway/kit/snake_case.ts',
  ])('refuse the name %s', (file) => {
    expect(nameViolations(file).length).toBeGreaterThan(0)
  })

  it.each([
    'gateway/kit/json-scan.ts',
    'renderer/ui/Button.svelte',
    'renderer/state/session.svelte.ts',
    'test/gateway/kit/ulid.test.ts',
    'gateway/ledger/migrations/0010-first.ts',
    'gateway/intake/base-url.ts',
    'eslint.config.js',
  ])('accept the name %s', (file) => {
    expect(nameViolations(file)).toEqual([])
  })

  it.each([
    ['no comment', 'export const x = 1'],
    ['one sentence', '// One line.\n\nexport const x = 1'],
    ['six lines', `${'// A line.\n'.repeat(6)}\nexport const x = 1`],
    ['a comment below the imports', `import 'koa'\n// Purpose.\n// Promises.`],
  ])('refuse an opening with %s', (_what, text) => {
    expect(openingViolations(toSource('gateway/kit/a.ts', text))).toHaveLength(1)
  })

  it('accept an opening of two to five lines, also in a component and below a shebang', () => {
    expect(openingViolations(toSource('a.ts', '// For this.\n// Promises that.\n\nexport const x = 1'))).toEqual([])
    expect(openingViolations(toSource('a.ts', '// For this. Promises that.\n\nexport const x = 1'))).toEqual([])
    expect(openingViolations(toSource('A.svelte', '<!-- For this.\n  Promises that. -->\n<p>hello</p>'))).toEqual([])
    expect(openingViolations(toSource('A.svelte', '<script lang="ts">\n  // For this.\n  // Promises that.\n</script>'))).toEqual([])
    expect(openingViolations(toSource('a.mjs', '#!/usr/bin/env node\n// For this.\n// Promises that.\n'))).toEqual([])
  })

  it.each(['export default 1', 'export default function run() {}', 'export default class Run {}', 'class RequestHandler {}', 'interface KeyManager {}'])(
    'refuse %s',
    (text) => {
      expect(exportViolations(toSource('a.ts', text))).toHaveLength(1)
    },
  )

  it('accept the default export a tool asks for', () => {
    expect(exportViolations(toSource('vite.config.ts', 'export default {}'))).toEqual([])
  })
})
