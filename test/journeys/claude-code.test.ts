// Claude Code as it is shipped does a task with a tool, on a model of a vendor that speaks Chat Completions.
// Promises: it reads the file, sees the result and answers; both turns are rows of its session; a used-up budget ends it after one try.
// Leaves alone: what a real model would say (the vendor follows a script).

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openAgentScene, runAgent, task, word, type AgentScene } from '../kit/agent-scene.ts'
import { parts } from '../kit/parts.ts'

interface Told {
  readonly is_error: boolean
  readonly num_turns: number
  readonly result: string
  readonly session_id: string
  readonly api_error_status: number | null
}

describe.skipIf(parts.claudeCode === null)('Claude Code [needs: claudeCode]', { timeout: 120_000 }, () => {
  let scene: AgentScene
  beforeAll(async () => void (scene = await openAgentScene((_tools, file) => ({ name: 'Read', args: { file_path: file } }))))
  afterAll(async () => await scene.close())

  it('reads a file with its own tool and answers with what stood in it', async () => {
    const { house, vendor } = scene
    const told = await ask(scene, (await house.key({ max_budget: 100 })).key)
    expect(told).toMatchObject({ is_error: false, num_turns: 2 })
    expect(told.result).toContain(word)
    const [second, first] = vendor.received.slice(-2).reverse()
    const messages = second?.json['messages'] as readonly { role: string; tool_calls?: unknown; content: string }[]
    // Strict chat templates: one system message, at the beginning, and nobody twice in a row.
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool'])
    expect(messages.at(-1)?.content).toContain(word)
    for (const request of [first, second])
      expect(Object.keys(request?.json ?? {}).sort()).toEqual(['max_tokens', 'messages', 'model', 'stream', 'stream_options', 'tools'])
    const rows = (await house.rows()).slice(0, 2)
    for (const { requestId } of rows) {
      const row = await house.closedRow(requestId)
      expect(row).toMatchObject({ end: 'answered', status: 200, wire: 'anthropic-messages', provenance: 'reported', sessionId: told.session_id })
    }
  })

  it('stops after one try when the budget is used up, and shows the sentence', async () => {
    const { house, vendor } = scene
    const before = vendor.received.length
    const told = await ask(scene, (await house.key({ max_budget: 0.000001 })).key)
    expect(told).toMatchObject({ is_error: true, api_error_status: 429 })
    expect(told.result).toContain('budget of this key')
    expect(vendor.received).toHaveLength(before)
    const refused = async (): Promise<number> => (await house.rows()).filter((row) => row.errorCode === 'insufficient_quota').length
    await expect.poll(refused).toBe(1)
  })
})

async function ask({ house, folder }: AgentScene, key: string): Promise<Told> {
  const quiet = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1', DISABLE_TELEMETRY: '1' }
  const models = { ANTHROPIC_MODEL: 'local', ANTHROPIC_DEFAULT_HAIKU_MODEL: 'local' }
  const env = { ANTHROPIC_BASE_URL: house.gateway.origin, ANTHROPIC_AUTH_TOKEN: key, ...quiet, ...models }
  const { out } = await runAgent({ program: parts.claudeCode ?? '', args: ['-p', task, '--output-format', 'json', '--allowedTools', 'Read'], folder, env })
  return JSON.parse(out) as Told
}
