// A real gateway with a morning's traffic in its ledger: every kind of key, every kind of ending, names nobody would choose.
// Promises: upstreams are @copilotkit/aimock in three dialects and a vendor that misbehaves; one request is still running.
// Leaves alone: browsers.

import type { PanelKey } from '../../../gateway/contract/panel.ts'
import { startHouse, type House } from '../../kit/house.ts'
import { startUpstreams } from '../../kit/mock-upstreams.ts'
import { prompts } from '../../kit/mock-words.ts'
import { startVendor, type Vendor } from '../../kit/vendor.ts'

export interface FilledHouse {
  readonly house: House
  /** A session cookie for browser contexts. */
  readonly cookie: { readonly name: string; readonly value: string; readonly url: string }
  /** Of the key with a budget nearly used up. */
  readonly nearKeyId: number
  readonly requests: Readonly<Record<'answered' | 'retried' | 'failed' | 'refused' | 'cut' | 'open', string>>
  stop(): Promise<void>
}

/** Longer than any column, in several scripts, with what a page must not take for markup. */
const longName = 'research-notebook of the group for comparative <b>linguistics</b> 東京分室 & Zürich, second floor, the machine by the window'
const longModel = 'vendor/experimental-reasoning-preview-2026-11-instruct-q4_K_M-with-a-very-long-suffix'

export async function startFilledHouse(): Promise<FilledHouse> {
  const [upstreams, vendor] = await Promise.all([startUpstreams(), startVendor()])
  const config = upstreams.config.replace('num_retries: 0', 'num_retries: 1')
  const house = await startHouse({ from: 'dist', config, env: { MOCK_KEY: 'sk-mock', VENDOR_KEY: 'sk-vendor', ...noKeychain, TZ: 'Europe/Berlin' } })
  const stop = async (): Promise<void> => {
    // The vendor first: a call it never answers would hold the gateway's end up.
    await vendor.close()
    await house.stop()
    await upstreams.close()
  }
  try {
    return { house, ...(await fill(house, vendor)), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function fill(house: House, vendor: Vendor): Promise<Omit<FilledHouse, 'house' | 'stop'>> {
  await addVendorModels(house, vendor)
  const keys = await makeKeys(house)
  const requests = await sendTraffic({ house, vendor, keys })
  const panelKeys = (await house.get('/panel/keys')).json as unknown as readonly PanelKey[]
  return { cookie: await signIn(house), nearKeyId: panelKeys.find((key) => key.alias === 'Night batch')?.id ?? 0, requests }
}

/** Where Linux programs look for a Secret Service (https://dbus.freedesktop.org/doc/dbus-specification.html, read 2026-11-21), pointed at nothing. */
export const noKeychain = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nowhere/bus', XDG_RUNTIME_DIR: '/nowhere' }

async function signIn(house: House): Promise<FilledHouse['cookie']> {
  const answer = await fetch(`${house.gateway.origin}/panel/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: house.gateway.origin },
    body: JSON.stringify({ adminKey: house.gateway.adminKey }),
  })
  const [, name, value] = /^([^=]+)=([^;]+)/.exec(answer.headers.get('set-cookie') ?? '') ?? []
  if (name === undefined || value === undefined) throw new Error(`no session: ${answer.status} ${await answer.text()}`)
  return { name, value, url: house.gateway.origin }
}

async function addVendorModels(house: House, vendor: Vendor): Promise<void> {
  const at = { api_base: `${vendor.origin}/v1`, api_key: 'os.environ/VENDOR_KEY' }
  const prices = { input_cost_per_token: 0.00000015, output_cost_per_token: 0.0000006 }
  const models = [
    { model_name: 'house-model', litellm_params: { model: 'openai_compatible/small', ...at, ...prices } },
    { model_name: 'house-model', litellm_params: { model: 'openai_compatible/small-second', ...at, ...prices } },
    { model_name: longModel, litellm_params: { model: `openai_compatible/${longModel}`, ...at } },
    { model_name: 'local-llama', litellm_params: { model: 'ollama_chat/llama3.2:3b', api_base: vendor.origin } },
    { model_name: 'no-credential', litellm_params: { model: 'anthropic/claude-sonnet-4-5', api_key: 'os.environ/ANTHROPIC_KEY_THAT_IS_NOT_SET' } },
  ]
  for (const model of models) await expectMade(house.post('/model/new', model))
}

async function expectMade(answer: Promise<{ readonly status: number; readonly text: string }>): Promise<void> {
  const { status, text } = await answer
  if (status !== 200) throw new Error(`${status}: ${text}`)
}

interface Keys {
  readonly team: string
  readonly near: string
  readonly long: string
  readonly blocked: string
  readonly slow: string
}

async function makeKeys(house: House): Promise<Keys> {
  await expectMade(house.post('/team/new', { team_alias: 'Web', team_id: 'web', max_budget: 200, budget_duration: '1mo' }))
  const make = async (fields: Record<string, unknown>): Promise<string> => (await house.key(fields)).key
  await make({ key_alias: 'Laptop of Ana, never used' })
  await make({ key_alias: 'grace', duration: '5d', rpm_limit: 60, max_parallel_requests: 4, models: ['via-openai', 'house-model'], metadata: { app: 'cli' } })
  return {
    team: await make({ key_alias: 'ci-bot', team_id: 'web', max_budget: 50, budget_duration: '30d' }),
    near: await make({ key_alias: 'Night batch', max_budget: 0.015 }),
    long: await make({ key_alias: longName }),
    blocked: await make({ key_alias: 'Contractor' }),
    slow: await make({ key_alias: 'Open WebUI', max_budget: 25, budget_duration: '1d' }),
  }
}

interface Stage {
  readonly house: House
  readonly vendor: Vendor
  readonly keys: Keys
}

async function sendTraffic({ house, vendor, keys }: Stage): Promise<FilledHouse['requests']> {
  const say = (content: string): { messages: readonly { role: string; content: string }[] } => ({ messages: [{ role: 'user', content }] })
  const idOf = async (answer: ReturnType<House['chat']>): Promise<string> => (await answer).headers.get('x-request-id') ?? ''
  for (const model of ['via-openai', 'via-openrouter', 'via-anthropic', 'via-ollama', 'local-llama', 'house-model', longModel]) {
    await house.chat(keys.long, { model, ...say(prompts.plain) })
    await house.chat(model === longModel ? keys.long : keys.team, { model, stream: true, ...say(prompts.plain) })
  }
  const answered = await idOf(house.chat(keys.team, { model: 'via-openrouter', ...say(prompts.reason) }))
  // Until nothing more fits: the key ends near its limit, with refusals.
  for (let turn = 0; turn < 4; turn += 1) await house.chat(keys.near, { model: 'via-openai', max_tokens: 220, ...say(prompts.plain) })
  const refused = await idOf(house.chat(keys.near, { model: 'via-openai', max_tokens: 4000, ...say(prompts.plain) }))
  await house.chat(keys.near, { model: longModel })
  await house.chat(keys.team, { model: 'gpt-of-the-future' })
  await house.chat(keys.team, { model: 'no-credential' })
  await house.chat(house.gateway.adminKey, { model: 'house-model' })
  let calls = 0
  vendor.behave(() => ((calls += 1) === 1 ? { status: 503 } : {}))
  const retried = await idOf(house.chat(keys.team, { model: 'house-model' }))
  vendor.behave(() => ({ status: 500, body: JSON.stringify({ error: { message: 'The engine ran out of memory while loading the weights of this model.' } }) }))
  const failed = await idOf(house.chat(keys.team, { model: 'house-model' }))
  await house.post('/key/block', { key: keys.blocked })
  await house.chat(keys.blocked, { model: 'house-model' })
  vendor.behave(() => ({ pieceDelayMs: 30, outputTokens: 400 }))
  const cut = await leaveEarly(house, keys.team)
  vendor.behave(() => ({ hang: true }))
  return { answered, retried, failed, refused, cut, open: await leaveRunning(house, keys.slow) }
}

async function leaveEarly(house: House, key: string): Promise<string> {
  const leaving = new AbortController()
  const response = await dial(house, { key, stream: true, signal: leaving.signal })
  await response.body?.getReader().read()
  leaving.abort()
  const id = response.headers.get('x-request-id') ?? ''
  await house.closedRow(id)
  return id
}

/** A call that its vendor never answers: it runs until the gateway stops. */
async function leaveRunning(house: House, key: string): Promise<string> {
  // Refused when the gateway stops, after the last test has looked.
  void dial(house, { key, stream: false }).catch(() => undefined)
  for (;;) {
    const [row] = await house.rows('outcome=open')
    if (row !== undefined) return row.requestId
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

async function dial(house: House, call: { readonly key: string; readonly stream: boolean; readonly signal?: AbortSignal }): Promise<Response> {
  return await fetch(`${house.baseUrl}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${call.key}`, 'content-type': 'application/json', 'user-agent': 'Open WebUI/0.6.34 (+https://openwebui.com)' },
    body: JSON.stringify({ model: 'house-model', stream: call.stream, messages: [{ role: 'user', content: 'hi' }] }),
    ...(call.signal === undefined ? {} : { signal: call.signal }),
  })
}
