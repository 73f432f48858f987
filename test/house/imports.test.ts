// Every folder imports only what the table in import-rules.ts gives it.
// Promises: the rule is held against the whole repository, and against snippets that must fail.

import { describe, expect, it } from 'vitest'
import { importViolations, readImports, valueImportsOfContract } from './import-rules.ts'
import { readSources, toSource } from './source-files.ts'

const violations = (file: string, text: string): readonly string[] => importViolations(toSource(file, text))

describe('imports', () => {
  it('stay within what each folder may import', () => {
    expect(readSources().flatMap(importViolations)).toEqual([])
  })

  it('reach the renderer from the contract as types only', () => {
    expect(readSources().flatMap(valueImportsOfContract)).toEqual([])
  })

  it('never lead from the product to the tests', () => {
    const product = readSources().filter((file) => !file.path.startsWith('test/'))
    const wrong = product.flatMap((file) =>
      readImports(file)
        .filter((found) => found.target?.startsWith('test/'))
        .map((found) => `${file.path}:${found.line}`),
    )
    expect(wrong).toEqual([])
  })
})

describe('the import rule', () => {
  it.each([
    ['gateway/contract/a.ts', `import { x } from '../kit/log.ts'`],
    ['gateway/contract/a.ts', `import fs from 'node:fs'`],
    ['gateway/kit/a.ts', `import type { Json } from '../contract/json.ts'`],
    ['gateway/translate/a.ts', `import { readFile } from 'node:fs/promises'`],
    ['gateway/providers/openai.ts', `import { ollama } from './ollama.ts'`],
    ['gateway/providers/openai.ts', `import { request } from 'undici'`],
    ['gateway/rooms/route.ts', `import { admit } from './admit.ts'`],
    ['gateway/rooms/route.ts', `import { callOnce } from './call/attempt.ts'`],
    ['gateway/rooms/admit.ts', `import { openLedger } from '../ledger/ledger.ts'`],
    ['gateway/rooms/admit.ts', `const koa = await import('koa')`],
    ['gateway/rooms/admit.ts', `const tool = await import(name)`],
    ['gateway/flow.ts', `import { createLog } from './kit/log.ts'`],
    ['gateway/door/door.ts', `import { call } from '../rooms/call/call.ts'`],
    ['gateway/compose.ts', `import { app } from 'electron'`],
    ['gateway/ledger/a.ts', `type Room = import('../rooms/route.ts').Route`],
    ['gateway/admin/a.ts', `export { x } from '../door/door.ts'`],
    ['renderer/lib/a.ts', `import fs from 'fs'`],
    ['renderer/lib/a.ts', `import { z } from 'zod'`],
    ['renderer/App.svelte', `<script lang="ts">\n  import { x } from '../gateway/door/door.ts'\n</script>\n<p>hello</p>`],
    ['main/ipc/preload.ts', `import { z } from 'zod'`],
    ['main/ipc/contract.ts', `import { handleChannels } from './handle.ts'`],
    ['main/window.ts', `import { compose } from '../gateway/compose.ts'`],
  ])('refuses in %s: %s', (file, text) => {
    expect(violations(file, text)).toHaveLength(1)
  })

  it.each([
    ['gateway/contract/a.ts', `import { z } from 'zod'\nimport type { Json } from './json.ts'`],
    ['gateway/providers/index.ts', `import { openai } from './openai.ts'`],
    ['gateway/rooms/call/call.ts', `import { attempt } from './attempt.ts'\nimport { refuse } from '../../contract/errors.ts'`],
    ['gateway/compose.ts', `import { createDoor } from './door/door.ts'`],
    [
      'renderer/App.svelte',
      `<script lang="ts">\n  import { onMount } from 'svelte'\n  import type { PanelHome } from '../gateway/contract/panel.ts'\n</script>`,
    ],
  ])('allows in %s: %s', (file, text) => {
    expect(violations(file, text)).toEqual([])
  })

  it('tells a type import from one that brings code', () => {
    const of = (text: string): number => valueImportsOfContract(toSource('renderer/lib/a.ts', text)).length
    expect(of(`import { parseUsd } from '../../gateway/contract/money.ts'`)).toBe(1)
    expect(of(`import { type NanoUsd } from '../../gateway/contract/money.ts'`)).toBe(0)
    expect(of(`import type { NanoUsd } from '../../gateway/contract/money.ts'`)).toBe(0)
  })

  it('names the line', () => {
    expect(violations('gateway/flow.ts', `// first\n\nimport 'koa'`)).toEqual(['gateway/flow.ts:3 may not import koa'])
  })
})
