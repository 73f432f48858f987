// npm run check: types, lint, format and unused code, two at a time.
// Promises: runs all of them even when one fails, and exits non-zero when any did; what each says comes in one piece.
// Leaves alone: the files (npm run fix changes them) and the tests (npm test).

import { ensureInstalled } from './steps/install.mjs'
import { hearTool } from './steps/tools.mjs'

const checks = [
  { name: 'types', tool: 'typescript/bin/tsc', parameters: ['--project', '.'] },
  { name: 'panel test types', tool: 'typescript/bin/tsc', parameters: ['--project', 'test/renderer/tsconfig.json'] },
  { name: 'desktop test types', tool: 'typescript/bin/tsc', parameters: ['--project', 'test/desktop/tsconfig.json'] },
  { name: 'panel types', tool: 'svelte-check/bin/svelte-check', parameters: ['--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings'] },
  { name: 'lint', tool: 'eslint/bin/eslint.js', parameters: ['--max-warnings', '0', '--cache', '--cache-location', 'node_modules/.cache/eslint/', '.'] },
  { name: 'format', tool: 'prettier/bin/prettier.cjs', parameters: ['--check', '--log-level', 'warn', '--cache', '.'] },
  { name: 'unused code', tool: 'knip/bin/knip.js', parameters: ['--no-progress'] },
]

// Each uses one core.
const atOnce = 2

await ensureInstalled()
const failed = []
const left = checks.values()
const work = async () => {
  for (const check of left) {
    const { code, output } = await hearTool(check.tool, check.parameters)
    process.stdout.write(`\n— ${check.name}\n${output}`)
    if (code !== 0) failed.push(check.name)
  }
}
await Promise.all(Array.from({ length: atOnce }, work))
process.stdout.write(failed.length === 0 ? '\nAll checks passed.\n' : `\nFailed: ${failed.join(', ')}.\n`)
process.exitCode = failed.length === 0 ? 0 : 1
