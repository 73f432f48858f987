// Claude Code as it is shipped does a task with a tool, on a model of a vendor that speaks Chat Completions.
// Promises: it reads the file, sees the result and answers; both turns are rows of its session; a used-up budget ends it after one try.
// Leaves alone: what a real model would say (the vendor follows a script).

import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHouse, type House } from '../kit/house.ts'
import { parts } from '../kit/parts.ts'
import { startVendor, type Behaviour, type Received, type Vendor } from '../kit/vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: local
    litellm_params: { model: openai_like/local, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
`
const word = 'marzipan'

interface Told {
  readonly is_error: boolean
  readonly num_turns: number
  readonly result: string
  readonly session_id: string
  readonly api_error_status: number | null
}

describe.skipIf(parts.claudeCode === null)('Claude Code [needs: claudeCode]', { timeout: 120_000 }, () => {
  let vendor: Vendor
  let house: House
  let folder = ''
  beforeAll(async () => {
    vendor = await startVendor()
    house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
    folder = await mkdtemp(join(tmpdir(), 'tollgate-agent-'))
    await writeFile(join(folder, 'note.txt'), `the word is ${word}\n`)
    vendor.behave((request) => script(request, join(folder, 'note.txt')))
  })
  afterAll(async () => {
    await house.stop()
    await vendor.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('reads a file with its own tool and answers with what stood in it', async () => {
    const told = await runAgent({ house, folder, key: (await house.key({ max_budget: 100 })).key })
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
    const before = vendor.received.length
    const told = await runAgent({ house, folder, key: (await house.key({ max_budget: 0.000001 })).key })
    expect(told).toMatchObject({ is_error: true, api_error_status: 429 })
    expect(told.result).toContain('budget of this key')
    expect(vendor.received).toHaveLength(before)
    const refused = (await house.rows()).filter((row) => row.errorCode === 'insufficient_quota')
    expect(refused).toHaveLength(1)
  })
})

/** First a call of its tool for reading files, then what the tool said. */
function script(request: Received, file: string): Behaviour {
  const messages = request.json['messages'] as readonly { role: string; content: string }[]
  const result = messages.find((message) => message.role === 'tool')
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'local', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
  const call = { index: 0, id: 'call_1', type: 'function', function: { name: 'Read', arguments: JSON.stringify({ file_path: file }) } }
  const says = result === undefined ? [chunk({ tool_calls: [call] }), chunk({}, 'tool_calls')] : [chunk({ content: result.content }), chunk({}, 'stop')]
  const usage = `data: ${JSON.stringify({ id: 'c', choices: [], usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 } })}\n\n`
  return { pieces: [chunk({ role: 'assistant', content: '' }), ...says, usage, 'data: [DONE]\n\n'] }
}

/** In a home of its own, and with nothing to talk to but the gateway. */
async function runAgent({ house, folder, key }: { house: House; folder: string; key: string }): Promise<Told> {
  const quiet = { CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', DISABLE_AUTOUPDATER: '1', DISABLE_TELEMETRY: '1' }
  const models = { ANTHROPIC_MODEL: 'local', ANTHROPIC_DEFAULT_HAIKU_MODEL: 'local' }
  const child = spawn(parts.claudeCode ?? '', ['-p', 'Which word is in note.txt?', '--output-format', 'json', '--allowedTools', 'Read'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ANTHROPIC_BASE_URL: house.gateway.origin, ANTHROPIC_AUTH_TOKEN: key, ...quiet, ...models },
    stdio: ['ignore', 'pipe', 'ignore'],
    timeout: 100_000,
  })
  const pieces: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => pieces.push(piece))
  await new Promise((resolve) => child.once('close', resolve))
  return JSON.parse(Buffer.concat(pieces).toString('utf8')) as Told
}
