// kill -9 under load, again and again on one file: nothing acknowledged is lost, what was open is charged its hold.
// Promises: a real process, really killed. Leaves alone: loss of power (the mode of syncing is asserted in file.test.ts).

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { createLedger } from '../../../gateway/ledger/ledger.ts'
import { bill, limits, quiet, temporaryFolder } from './fixture.ts'

const child = fileURLToPath(new URL('./crash-child.ts', import.meta.url))
const kills = 4
const hold = 1_250_000n

async function runAndKill(dataDir: string, run: number): Promise<{ opened: Set<string>; recorded: Set<string> }> {
  const process_ = spawn(process.execPath, [child, dataDir, String(run)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const told = { opened: new Set<string>(), recorded: new Set<string>() }
  let rest = ''
  const exit = once(process_, 'close')
  process_.stdout.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      const [what, id = ''] = line.split(' ')
      if (what === 'opened') told.opened.add(id)
      else told.recorded.add(id)
    }
    // Killed in the middle of the load: some records in, others on their way.
    if (told.recorded.size > 40 + run * 37) process_.kill('SIGKILL')
  })
  await exit
  return told
}

it(`loses no acknowledged request in ${kills} kills, and charges what was open`, async () => {
  const folder = temporaryFolder()
  try {
    const all = { opened: new Set<string>(), recorded: new Set<string>() }
    for (let run = 0; run < kills; run += 1) {
      const told = await runAndKill(folder.path, run)
      expect(told.recorded.size).toBeGreaterThan(40)
      for (const id of told.opened) all.opened.add(id)
      for (const id of told.recorded) all.recorded.add(id)
    }
    const ledger = await createLedger({ dataDir: folder.path, durability: 'full', limits, zone: 'UTC', log: quiet })
    const states = new Map<string, string>()
    let orphaned = 0
    for await (const batch of ledger.reports.exportRequests({})) {
      for (const row of batch) {
        states.set(row.requestId, row.state)
        if (row.state === 'orphaned') expect(row.costNanoUsd).toBe(hold)
        else if (row.attempts > 0) expect(row.costNanoUsd).toBe(bill(100, 10).costNanoUsd)
        if (row.state === 'orphaned') orphaned += 1
      }
    }
    expect([...all.recorded].filter((id) => states.get(id) !== 'closed')).toEqual([])
    expect([...all.opened].filter((id) => !states.has(id))).toEqual([])
    expect([...states.values()]).not.toContain('open')
    expect(orphaned).toBeGreaterThanOrEqual(kills)
    expect(await ledger.reports.facts()).toMatchObject({ orphanedRequests: orphaned, orphanedNanoUsd: hold * BigInt(orphaned) })
    expect(await ledger.reports.verify()).toEqual([])
    console.log(`${kills} kills: ${all.recorded.size} records acknowledged, 0 lost, ${orphaned} requests recovered`)
    await ledger.close()
  } finally {
    folder.remove()
  }
}, 60_000)
