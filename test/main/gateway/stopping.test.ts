// How the real gateway ends below a shell: calls that run, shells that vanish, Node's own channel in the port's place.
// Promises: what a caller was promised is kept within the time it was given, and the books are closed afterwards.
// Leaves alone: stops of children that misbehave (unruly-children.test.ts).

import { fork, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keepCompiled } from '../../../scripts/steps/tools.mjs'
import type { PanelRequest, PanelRequestPage } from '../../../gateway/contract/panel.ts'
import { parseGatewayMessage, type GatewayMessage, type ShellMessage } from '../../../gateway/contract/shell.ts'
import { inheritedVariables } from '../../kit/gateway-process.ts'
import { createShellScene, isAlive, type ShellScene } from '../../kit/shell-scene.ts'
import { startVendor, type Vendor } from '../../kit/vendor.ts'

const adminKey = 'sk-admin-of-the-test-gateway'
const environment = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent', VENDOR_KEY: 'sk-vendor', TOLLGATE_ADMIN_KEY: adminKey }
const pieces = 60
const pieceDelayMs = 100

/** A test here starts up to two gateways. */
const longMs = 60_000

describe('a call that runs while the app quits', { timeout: longMs }, () => {
  let vendor: Vendor
  let scene: ShellScene
  let folder: string
  beforeEach(async () => {
    vendor = await startVendor()
    folder = mkdtempSync(join(tmpdir(), 'tollgate-stopping-'))
    const configPath = join(folder, 'config.yaml')
    const params = `model: openai/m, api_base: "${vendor.origin}/v1", api_key: os.environ/VENDOR_KEY, input_cost_per_token: 0.000001, output_cost_per_token: 0.000002`
    writeFileSync(configPath, `model_list:\n  - model_name: m\n    litellm_params: { ${params} }\n`)
    scene = createShellScene({ child: 'gateway', configPath, environment })
    const chunk = (text: string): string =>
      `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: { content: text } }] })}\n\n`
    const last = `data: ${JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage: { prompt_tokens: 10, completion_tokens: pieces, total_tokens: 10 + pieces } })}\n\ndata: [DONE]\n\n`
    vendor.behave(() => ({ pieces: [...Array.from({ length: pieces }, (_, index) => chunk(`word${index} `)), last], pieceDelayMs }))
  })
  afterEach(async () => {
    await scene.close()
    await vendor.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** A streamed call: what it got, once it has begun. */
  async function call(baseUrl: string): Promise<{ readonly whole: Promise<string> }> {
    const response = await fetch(`${baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
    })
    expect(response.status).toBe(200)
    return { whole: readAll(response) }
  }
  async function readAll(response: Response): Promise<string> {
    let text = ''
    const decoder = new TextDecoder()
    try {
      for await (const bytes of response.body ?? []) text += decoder.decode(bytes, { stream: true })
    } catch {
      return `${text}(cut)`
    }
    return text
  }
  async function rowsAfterwards(): Promise<readonly PanelRequest[]> {
    scene.supervisor.start()
    const { baseUrl, token } = await scene.until('serving')
    const response = await fetch(`${baseUrl}/panel/requests`, { headers: { authorization: `Bearer ${token}` } })
    const page = (await response.json()) as PanelRequestPage
    return page.rows
  }

  it('is counted, and ends whole within the time it was given', async () => {
    scene.supervisor.start()
    const { baseUrl } = await scene.until('serving')
    const { whole } = await call(baseUrl)
    await expect.poll(() => scene.supervisor.running, { timeout: 10_000 }).toBe(1)
    const before = performance.now()
    await scene.supervisor.stop(30_000)
    expect(performance.now() - before).toBeLessThan(20_000)
    const text = await whole
    expect(text).toContain(`word${pieces - 1} `)
    expect(text).toContain('[DONE]')
    expect(await rowsAfterwards()).toMatchObject([{ state: 'closed', end: 'answered', completionTokens: pieces }])
  })

  it('is cut at once when the system shuts down, and its row is closed', async () => {
    scene.supervisor.start()
    const { baseUrl } = await scene.until('serving')
    const { whole } = await call(baseUrl)
    await scene.supervisor.stop(0)
    expect(await whole).not.toContain('[DONE]')
    expect(await rowsAfterwards()).toMatchObject([{ state: 'closed', end: 'cut' }])
  })

  it('is cut when the person who wanted to wait does not any more', async () => {
    scene.supervisor.start()
    const { baseUrl } = await scene.until('serving')
    const { whole } = await call(baseUrl)
    const patient = scene.supervisor.stop(60_000)
    await scene.supervisor.stop(0)
    await patient
    expect(await whole).not.toContain('[DONE]')
    expect(scene.log.lines().join('\n')).not.toContain('gateway-killed')
  })
})

describe("below plain Node, over the parent's own channel", { timeout: longMs }, () => {
  let child: ChildProcess
  let folder: string
  let heard: GatewayMessage[]
  let ended: Promise<number | null>
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tollgate-orphan-'))
    heard = []
    child = fork(resolve(import.meta.dirname, '../../../gateway/child.ts'), [], {
      cwd: tmpdir(),
      env: { ...inheritedVariables(), ...keepCompiled },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
    })
    child.stdout?.resume()
    child.stderr?.resume()
    child.on('message', (message) => heard.push(parseGatewayMessage(message)))
    ended = new Promise((done) => child.once('exit', done))
  })
  afterEach(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true, force: true })
  })
  const say = (message: ShellMessage): boolean => child.send(message)
  const launch = (): boolean => say({ kind: 'launch', options: { port: 0, dataDir: join(folder, 'data'), configPath: null }, variables: environment })
  const hear = async (kind: GatewayMessage['kind']): Promise<void> =>
    await expect.poll(() => heard.map((message) => message.kind), { timeout: longMs / 2 }).toContain(kind)

  it('it says that it lives before it is told what to be, and ends when told to', async () => {
    await hear('health')
    launch()
    await hear('ready')
    say({ kind: 'stop', drainMs: 0 })
    expect(await ended).toBe(0)
  })

  it('it does not outlive a shell that vanishes', async () => {
    launch()
    await hear('ready')
    child.disconnect()
    expect(await ended).toBe(0)
    expect(isAlive(child.pid ?? -1)).toBe(false)
  })

  it('it takes a second launch for none', async () => {
    launch()
    launch()
    await hear('ready')
    say({ kind: 'stop', drainMs: 0 })
    expect(await ended).toBe(0)
    expect(heard.filter(({ kind }) => kind === 'ready')).toHaveLength(1)
    expect(heard.filter(({ kind }) => kind === 'failed')).toEqual([])
  })

  it('it ends with a word about it when it is told what no contract knows', async () => {
    await hear('health')
    child.send({ kind: 'launch', options: { port: 'four' }, variables: {} })
    expect(await ended).not.toBe(0)
    expect(heard.at(-1)).toMatchObject({ kind: 'failed', code: 'other' })
  })
})
