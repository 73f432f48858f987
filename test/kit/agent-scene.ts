// A coding agent as it is shipped, in a home of its own, with nothing to talk to but the gateway; behind that a vendor that speaks Chat Completions.
// Promises: the vendor asks for one call of the agent's own tool, then repeats what that gave. Leaves alone: which agent, and what is expected of it.

import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHouse, type House } from './house.ts'
import { startVendor, type Behaviour, type Received, type Vendor } from './vendor.ts'

const config = (origin: string): string => `
model_list:
  - model_name: local
    litellm_params: { model: openai_like/local, api_base: ${origin}/v1, api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002 }
`
export const word = 'marzipan'
export const task = 'Which word is in note.txt?'

export interface AgentScene {
  readonly vendor: Vendor
  readonly house: House
  /** The agent's home and where it works; `note.txt` is there. */
  readonly folder: string
  close(): Promise<void>
}
/** A tool call as the vendor will ask for it, given the tools that the agent sent. */
export type ToolUse = (
  tools: readonly { readonly name: string; readonly parameters: unknown }[],
  file: string,
) => { readonly name: string; readonly args: object }

export async function openAgentScene(use: ToolUse): Promise<AgentScene> {
  const vendor = await startVendor()
  const house = await startHouse({ config: config(vendor.origin), env: { VENDOR_KEY: 'sk-vendor' } })
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-agent-'))
  const file = join(folder, 'note.txt')
  await writeFile(file, `the word is ${word}\n`)
  vendor.behave((request) => script(request, (tools) => use(tools, file)))
  return {
    vendor,
    house,
    folder,
    async close() {
      await house.stop()
      await vendor.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

interface Said {
  readonly role: string
  readonly content: string
}
interface Offered {
  readonly function: { readonly name: string; readonly parameters: unknown }
}

function script({ json }: Received, use: (tools: readonly Offered['function'][]) => ReturnType<ToolUse>): Behaviour {
  const result = (json['messages'] as readonly Said[]).find((message) => message.role === 'tool')
  const chunk = (delta: object, finish: string | null = null): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'local', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`
  const calls = (): string[] => {
    const { name, args } = use((json['tools'] as readonly Offered[]).map((tool) => tool.function))
    return [chunk({ tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: JSON.stringify(args) } }] }), chunk({}, 'tool_calls')]
  }
  const says = result === undefined ? calls() : [chunk({ content: result.content }), chunk({}, 'stop')]
  const usage = `data: ${JSON.stringify({ id: 'c', choices: [], usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 } })}\n\n`
  return { pieces: [chunk({ role: 'assistant', content: '' }), ...says, usage, 'data: [DONE]\n\n'] }
}

export interface AgentRun {
  readonly program: string
  readonly args: readonly string[]
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
}

/** What it printed, both streams as one. */
export async function runAgent({
  program,
  args,
  folder,
  env,
}: AgentRun): Promise<{ readonly code: number | null; readonly out: string; readonly all: string }> {
  const child = spawn(program, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 100_000,
  })
  const out: Buffer[] = []
  const all: Buffer[] = []
  child.stdout.on('data', (piece: Buffer) => (out.push(piece), all.push(piece)))
  child.stderr.on('data', (piece: Buffer) => all.push(piece))
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, out: Buffer.concat(out).toString('utf8'), all: Buffer.concat(all).toString('utf8') }
}
