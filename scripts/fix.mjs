// npm run fix: lets eslint and prettier correct what they can.
// Leaves alone: everything npm run check reports that needs a person.

import { ensureInstalled } from './steps/install.mjs'
import { runTool } from './steps/tools.mjs'

await ensureInstalled()
const lint = await runTool('eslint/bin/eslint.js', ['--fix', '.'])
const format = await runTool('prettier/bin/prettier.cjs', ['--write', '--log-level', 'warn', '.'])
process.exitCode = lint === 0 && format === 0 ? 0 : 1
