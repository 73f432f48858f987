// A gateway as a journey needs it: configured by a file or the API, with short hands for keys, rows and totals.
// Promises: everything goes over real HTTP to a real process. Leaves alone: vendors (vendor.ts).

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PanelRequest, PanelRequestDetail, PanelRequestPage } from '../../gateway/contract/panel.ts'
import { startGateway, type GatewayOptions, type GatewayProcess } from './gateway-process.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON, or undefined when it is none. */
  readonly json: Record<string, unknown>
}
export interface House {
  readonly gateway: GatewayProcess
  readonly baseUrl: string
  /** As the administrator. */
  get(path: string): Promise<Answer>
  post(path: string, body: unknown): Promise<Answer>
  /** A new virtual key. */
  key(fields?: Record<string, unknown>): Promise<{ readonly key: string; readonly token: string }>
  /** A chat call with a key. */
  chat(key: string, body: Record<string, unknown>): Promise<Answer>
  rows(query?: string): Promise<readonly PanelRequest[]>
  row(requestId: string): Promise<PanelRequestDetail>
  /** Waits until the row has left `open`. */
  closedRow(requestId: string): Promise<PanelRequestDetail>
  /** The newest, likewise. */
  lastRow(): Promise<PanelRequestDetail>
  stop(): Promise<number>
}

export interface HouseOptions extends Partial<GatewayOptions> {
  /** Text of a LiteLLM configuration file. */
  readonly config?: string
}

export async function startHouse(options: HouseOptions = {}): Promise<House> {
  const { config, ...rest } = options
  const folder = await mkdtemp(join(tmpdir(), 'tollgate-config-'))
  const file = join(folder, 'config.yaml')
  if (config !== undefined) await writeFile(file, config)
  const gateway = await startGateway({ from: 'source', ...rest, args: [...(rest.args ?? []), ...(config === undefined ? [] : ['--config', file])] })
  const house = visit(gateway)
  return {
    ...house,
    async stop() {
      const code = await gateway.stop()
      await rm(folder, { recursive: true, force: true })
      return code
    },
  }
}

/** The short hands for a gateway that somebody else started. */
export function visit(gateway: GatewayProcess): House {
  const ask = async (method: string, path: string, options: { key: string; body?: unknown }): Promise<Answer> => {
    const response = await fetch(`${gateway.origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${options.key}`, ...(options.body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
    })
    return toAnswer(response)
  }
  const get = async (path: string): Promise<Answer> => ask('GET', path, { key: gateway.adminKey })
  const row = async (requestId: string): Promise<PanelRequestDetail> =>
    (await expectOk(get(`/panel/requests/${requestId}`))).json as unknown as PanelRequestDetail
  const rows = async (query = 'limit=200'): Promise<readonly PanelRequest[]> =>
    ((await expectOk(get(`/panel/requests?${query}`))).json as unknown as PanelRequestPage).rows
  const closedRow = async (requestId: string): Promise<PanelRequestDetail> => {
    for (let turn = 0; turn < 200; turn += 1) {
      const found = await row(requestId)
      if (found.state !== 'open') return found
      await new Promise((resolve) => setTimeout(resolve, 25))
    }
    throw new Error(`request ${requestId} stays open`)
  }
  return {
    gateway,
    baseUrl: gateway.baseUrl,
    get,
    post: async (path, body) => ask('POST', path, { key: gateway.adminKey, body }),
    async key(fields = {}) {
      const answer = await expectOk(ask('POST', '/key/generate', { key: gateway.adminKey, body: fields }))
      return { key: String(answer.json['key']), token: String(answer.json['token']) }
    },
    chat: async (key, body) => ask('POST', '/v1/chat/completions', { key, body: { messages: [{ role: 'user', content: 'hi' }], ...body } }),
    rows,
    row,
    closedRow,
    lastRow: async () => await closedRow(String((await rows('limit=1'))[0]?.requestId)),
    stop: gateway.stop,
  }
}

async function toAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  let json: Record<string, unknown> = {}
  try {
    json = JSON.parse(text) as Record<string, unknown>
  } catch {
    // Event streams and CSV are read as text.
  }
  return { status: response.status, headers: response.headers, text, json }
}

async function expectOk(answer: Promise<Answer>): Promise<Answer> {
  const found = await answer
  if (found.status !== 200) throw new Error(`expected 200, got ${found.status}: ${found.text.slice(0, 500)}`)
  return found
}

/** The error object of a refusal. */
export function errorOf(answer: Answer): { readonly message: string; readonly type: string; readonly code: string; readonly param: string | null } {
  return answer.json['error'] as { message: string; type: string; code: string; param: string | null }
}
