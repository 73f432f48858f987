// Starts the gateway of an unpacked package under Node, with a vendor behind it, and asks for what a user would.
// Promises: the repository's own files and packages are out of its reach. Leaves alone: which package it is.

import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'vitest'
import { nodeBinary } from '../../scripts/steps/tools.mjs'
import { startHouse } from '../kit/house.ts'
import { startVendor } from '../kit/vendor.ts'

/** For a command that packs, and builds before when something is stale. */
export const packingTimeoutMs = 240_000
const repository = resolve(import.meta.dirname, '../..')

/** Runs `node scripts/<name>.mjs …`, and gives what it printed with its exit code. */
export async function runScript(
  name: string,
  parameters: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly printed: string }> {
  const started = promisify(execFile)(nodeBinary, [resolve(repository, `scripts/${name}.mjs`), ...parameters], {
    cwd: repository,
    env: { ...process.env, ...env },
    maxBuffer: 16 * 1024 * 1024,
  })
  return await started.then(
    ({ stdout, stderr }) => ({ code: 0, printed: stdout + stderr }),
    (error: Error & { code?: number; stdout?: string; stderr?: string }) => ({ code: error.code ?? -1, printed: `${error.stdout ?? ''}${error.stderr ?? ''}` }),
  )
}

/** The panel is served with all its files, a key is made, a call is answered, and its row is in the ledger. */
export async function expectServes(root: string): Promise<void> {
  const vendor = await startVendor()
  const config = `model_list:\n  - model_name: packed\n    litellm_params: { model: openai/vendor-model, api_base: ${vendor.origin}/v1, api_key: sk-vendor }\n`
  const house = await startHouse({ from: 'dist', root, config })
  try {
    const { key } = await house.key()
    const answer = await house.chat(key, { model: 'packed', max_tokens: 3 })
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('word word word')])
    expect(vendor.bill.calls).toBe(1)
    expect(await house.rows()).toHaveLength(1)
    await expectPanel(house.gateway.origin)
  } finally {
    expect(await house.stop()).toBe(0)
    await vendor.close()
  }
}

async function expectPanel(origin: string): Promise<void> {
  const page = await (await fetch(`${origin}/ui/`)).text()
  const files = [...page.matchAll(/(?:src|href)="(\/ui\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '')
  expect(files.length).toBeGreaterThan(1)
  for (const file of files) expect([file, (await fetch(origin + file)).status]).toEqual([file, 200])
}
