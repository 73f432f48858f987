// Codex as it is shipped does a task with a tool, on a model of a vendor that speaks Chat Completions.
// Promises: it runs the command, sees its output and answers; both turns are rows of its session; a used-up budget ends it after one try.
// Leaves alone: what a real model would say (the vendor follows a script).

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAgentScene, runAgent, task, word, type AgentScene } from '../kit/agent-scene.ts'
import { parts } from '../kit/parts.ts'

describe.skipIf(parts.codex === null)('Codex [needs: codex]', { timeout: 120_000 }, () => {
  let scene: AgentScene
  beforeAll(async () => void (scene = await openAgentScene((tools, file) => ({ name: shellOf(tools), args: { cmd: `sleep 0.2; cat ${file}; sleep 0.2` } }))))
  afterAll(async () => await scene.close())

  it('runs a command with its own tool and answers with what it printed', async () => {
    const { house, vendor } = scene
    const told = await ask(scene, (await house.key({ max_budget: 100 })).key)
    expect(told.code, told.all).toBe(0)
    const answer = told.events.find(({ item }) => item?.type === 'agent_message')
    expect(answer?.item?.text).toContain(word)
    const messages = vendor.received.at(-1)?.json['messages'] as readonly { readonly role: string; readonly content: string }[]
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool'])
    expect(messages.at(-1)?.content).toContain(word)
    const rows = (await house.rows()).slice(0, 2)
    expect(rows).toHaveLength(2)
    for (const { requestId } of rows) {
      const row = await house.closedRow(requestId)
      expect(row).toMatchObject({ end: 'answered', status: 200, wire: 'openai-responses', provenance: 'reported', costUsd: '0.000120000' })
      expect(row.sessionId).toBe(told.events.find(({ thread_id }) => thread_id !== undefined)?.thread_id)
    }
  })

  it('stops after one try when the budget is used up, and shows the sentence', async () => {
    const { house, vendor } = scene
    const before = vendor.received.length
    const told = await ask(scene, (await house.key({ max_budget: 0.000001 })).key)
    expect(told.code).not.toBe(0)
    expect(told.events.at(-1)).toMatchObject({ type: 'turn.failed' })
    expect(told.events.at(-1)?.error?.message).toContain('budget of this key')
    expect(vendor.received).toHaveLength(before)
    const refused = async (): Promise<number> => (await house.rows()).filter((row) => row.errorCode === 'insufficient_quota').length
    await expect.poll(refused).toBe(1)
  })
})

/** It has gone by several names. */
function shellOf(tools: readonly { readonly name: string }[]): string {
  const found = tools.find(({ name }) => ['exec_command', 'shell_command', 'shell'].includes(name))
  if (found === undefined) throw new Error(`no shell among ${tools.map(({ name }) => name).join(', ')}`)
  return found.name
}

interface Told {
  readonly code: number | null
  readonly all: string
  readonly events: readonly Event[]
}
interface Event {
  readonly type: string
  readonly thread_id?: string
  readonly item?: { readonly type: string; readonly text?: string }
  readonly error?: { readonly message: string }
}

async function ask({ house, folder }: AgentScene, key: string): Promise<Told> {
  const home = join(folder, '.codex')
  await mkdir(home, { recursive: true })
  await writeFile(join(home, 'config.toml'), settings(`${house.gateway.origin}/v1`))
  const args = ['exec', '--skip-git-repo-check', '--sandbox', 'danger-full-access', '--json', task]
  const { code, out, all } = await runAgent({ program: parts.codex ?? '', args, folder, env: { CODEX_HOME: home, TOLLGATE_KEY: key } })
  const lines = out.split('\n').filter((line) => line.startsWith('{'))
  return { code, all, events: lines.map((line) => JSON.parse(line) as Event) }
}

const settings = (baseUrl: string): string => `
model = "local"
model_provider = "tollgate"
[model_providers.tollgate]
name = "Tollgate"
base_url = "${baseUrl}"
env_key = "TOLLGATE_KEY"
wire_api = "responses"
[analytics]
enabled = false
`
