// npm run check: types, lint, format and unused code, each in turn.
// Promises: runs all of them even when one fails, and exits non-zero when any did.
// Leaves alone: the files (npm run fix changes them) and the tests (npm test).

import { ensureInstalled } from './steps/install.mjs'
import { runTool } from './steps/tools.mjs'

const checks = [
  { name: 'types', tool: 'typescript/bin/tsc', parameters: ['--project', '.'] },
  { name: 'panel test types', tool: 'typescript/bin/tsc', parameters: ['--project', 'test/renderer/tsconfig.json'] },
  { name: 'desktop test types', tool: 'typescript/bin/tsc', parameters: ['--project', 'test/desktop/tsconfig.json'] },
  { name: 'panel types', tool: 'svelte-check/bin/svelte-check', parameters: ['--tsconfig', 'renderer/tsconfig.json', '--fail-on-warnings'] },
  { name: 'lint', tool: 'eslint/bin/eslint.js', parameters: ['--max-warnings', '0', '--cache', '--cache-location', 'node_modules/.cache/eslint/', '.'] },
  { name: 'format', tool: 'prettier/bin/prettier.cjs', parameters: ['--check', '--log-level', 'warn', '--cache', '.'] },
  { name: 'unused code', tool: 'knip/bin/knip.js', parameters: ['--no-progress'] },
]

await ensureInstalled()
const failed = []
for (const check of checks) {
  process.stdout.write(`\n— ${check.name}\n`)
  if ((await runTool(check.tool, check.parameters)) !== 0) failed.push(check.name)
}
process.stdout.write(failed.length === 0 ? '\nAll checks passed.\n' : `\nFailed: ${failed.join(', ')}.\n`)
process.exitCode = failed.length === 0 ? 0 : 1
