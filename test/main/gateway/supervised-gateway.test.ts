// The real gateway as the shell's child: its token, its variables, its port, its folder, and how it ends.
// Promises: what is planted is looked for where other programs of the same user could read it. Leaves alone: misbehaviour (unruly-children.test.ts).

import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createCanaries, type Canaries } from '../../kit/canaries.ts'
import { createShellScene, isAlive, type ShellScene, type ShellSceneOptions } from '../../kit/shell-scene.ts'
import { startVendor, type Vendor } from '../../kit/vendor.ts'

/** No keychain of this machine is asked. */
const alone = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' }
/** Each start of a gateway takes its second or two. */
const longMs = 60_000
const scenes: ShellScene[] = []
function sceneOf(options: Partial<ShellSceneOptions> = {}): ShellScene {
  const scene = createShellScene({ child: 'gateway', ...options, environment: { ...alone, ...options.environment } })
  scenes.push(scene)
  return scene
}
afterEach(async () => {
  for (const scene of scenes.splice(0)) {
    await scene.close()
    expect(scene.children.filter(isAlive)).toEqual([])
    expect(scene.mostAlive).toBeLessThanOrEqual(1)
  }
})

interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
async function ask(url: string, token: string | null, { method = 'GET', headers = {}, body }: Ask = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(url, {
    method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, text: await response.text() }
}
const jsonBody = (value: unknown): Ask => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) })

describe('the token of a boot', { timeout: longMs }, () => {
  it('opens the panel and the admin routes, nothing else, to nobody else, and dies with the process', async () => {
    const scene = sceneOf()
    scene.supervisor.start()
    const { baseUrl, token } = await scene.until('serving')
    expect(token).toMatch(/^[0-9A-Za-z]{43}$/)

    expect((await ask(`${baseUrl}/panel/session`, token)).status).toBe(200)
    expect((await ask(`${baseUrl}/panel/session`, null, { headers: { 'x-api-key': token } })).status).toBe(200)
    expect((await ask(`${baseUrl}/model/info`, token)).status).toBe(200)
    const made = await ask(`${baseUrl}/key/generate`, token, jsonBody({ key_alias: 'from the window' }))
    expect(made.status).toBe(200)

    const wrong = `${token.slice(0, -1)}${token.endsWith('0') ? '1' : '0'}`
    for (const other of [wrong, token.slice(0, -1), `${token}0`, token.toLowerCase() === token ? token.toUpperCase() : token.toLowerCase(), '', null])
      expect((await ask(`${baseUrl}/panel/session`, other)).status).toBe(401)

    expect((await ask(`${baseUrl}/v1/models`, token)).status).toBe(401)
    expect((await ask(`${baseUrl}/v1/chat/completions`, token, jsonBody({ model: 'x', messages: [] }))).status).toBe(401)
    expect((await ask(`${baseUrl}/v1/messages`, token, jsonBody({ model: 'x', messages: [] }))).status).toBe(401)
    expect((await ask(`${baseUrl}/panel/session?key=${token}`, null)).status).toBe(401)

    await scene.supervisor.restart(1000)
    const second = await scene.until('serving')
    expect((await ask(`${second.baseUrl}/panel/session`, token)).status).toBe(401)
    expect((await ask(`${second.baseUrl}/panel/session`, second.token)).status).toBe(200)
  })

  it('does not loosen what browsers are held to', async () => {
    const scene = sceneOf()
    scene.supervisor.start()
    const { baseUrl, token } = await scene.until('serving')
    expect((await ask(`${baseUrl}/panel/session`, token, { headers: { origin: 'https://evil.example' } })).status).toBe(403)
    expect((await ask(`${baseUrl}/key/generate`, token, { method: 'POST', headers: { 'content-type': 'text/plain' }, body: '{}' })).status).toBe(415)
  })
})

describe('secrets', { timeout: longMs }, () => {
  let vendor: Vendor
  let canaries: Canaries
  beforeAll(async () => {
    vendor = await startVendor()
    return async () => await vendor.close()
  })

  it('of the environment reach the gateway over the port, and are in no argument, no environment, no file and no log', async () => {
    canaries = createCanaries()
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-shell-config-'))
    const configPath = join(folder, 'config.yaml')
    const price = 'input_cost_per_token: 0.000001, output_cost_per_token: 0.000002'
    writeFileSync(
      configPath,
      `model_list:\n  - model_name: m\n    litellm_params: { model: openai/m, api_base: "${vendor.origin}/v1", api_key: os.environ/VENDOR_KEY, ${price} }\n`,
    )
    const environment = {
      VENDOR_KEY: canaries.plant('provider key', 'sk-'),
      TOLLGATE_ADMIN_KEY: canaries.plant('admin key', 'sk-'),
      HTTPS_PROXY: `http://user:${canaries.plant('password of a proxy')}@127.0.0.1:1`,
      GITHUB_TOKEN: canaries.plant('token of something else'),
      NODE_OPTIONS: '--no-warnings',
    }
    const scene = sceneOf({ environment, configPath })
    scene.supervisor.start()
    const { baseUrl, token, pid } = await scene.until('serving')
    canaries.adopt('boot token', token)

    const answered = await ask(
      `${baseUrl}/v1/chat/completions`,
      environment.TOLLGATE_ADMIN_KEY,
      jsonBody({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
    )
    expect(answered.status).toBe(200)
    expect(vendor.received.at(-1)?.headers.authorization).toBe(`Bearer ${environment.VENDOR_KEY}`)
    expect((await ask(`${baseUrl}/panel/session`, token)).status).toBe(200)

    if (process.platform === 'linux') {
      const environ = readFileSync(`/proc/${pid}/environ`, 'utf8')
      expect(canaries.findIn('environ', environ)).toEqual([])
      expect(canaries.findIn('cmdline', readFileSync(`/proc/${pid}/cmdline`))).toEqual([])
      const names = environ.split('\0').map((entry) => entry.split('=')[0])
      expect(names).toContain('HOME')
      expect(names).not.toContain('NODE_OPTIONS')
    }
    await scene.supervisor.stop(1000)
    expect(canaries.findIn('memory of the log', scene.log.lines().join('\n'))).toEqual([])
    const { files, found } = canaries.findInFolder(scene.dataDir)
    expect(files).toBeGreaterThan(1)
    expect(found).toEqual([])
  })

  it('are not made where nobody would be shown them: no admin key, no sign-in link', async () => {
    const scene = sceneOf()
    scene.supervisor.start()
    const { baseUrl } = await scene.until('serving')
    const path = join(scene.dataDir, 'logs', 'gateway.log')
    await expect.poll(() => (existsSync(path) ? readFileSync(path, 'utf8') : '')).toContain(`base URL    ${baseUrl}/v1`)
    const text = readFileSync(path, 'utf8')
    expect(text).not.toMatch(/#code=|admin key/)
    expect(existsSync(join(scene.dataDir, 'admin-key'))).toBe(false)
    expect(statSync(path).mode & 0o777).toBe(process.platform === 'win32' ? 0o666 : 0o600)
  })
})

describe('a gateway that listens beyond loopback', { timeout: longMs }, () => {
  it('is reached by its shell on loopback', async () => {
    const scene = sceneOf({ environment: { TOLLGATE_HOST: '0.0.0.0', TOLLGATE_ADMIN_KEY: 'sk-admin-key-set-on-purpose' } })
    scene.supervisor.start()
    const { baseUrl, token } = await scene.until('serving')
    expect(baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await ask(`${baseUrl}/panel/session`, token)).status).toBe(200)
  })

  it('is not started without an admin key set on purpose, and says so', async () => {
    const scene = sceneOf({ environment: { TOLLGATE_HOST: '0.0.0.0' } })
    scene.supervisor.start()
    expect((await scene.next('stopped')).reason).toMatch(/needs an admin key set on purpose/)
  })
})

describe('a port that is taken', { timeout: longMs }, () => {
  it('is told with its owner, is not tried in a loop, and another one can be chosen', async () => {
    const other: Server = createServer((_request, response) => void response.end('someone else'))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as AddressInfo
    try {
      const scene = sceneOf({ port })
      scene.supervisor.start()
      const state = await scene.until('port-taken')
      expect(state.port).toBe(port)
      if (process.platform === 'linux') expect(state.owner).toMatch(new RegExp(`^.+, process ${process.pid}$`))
      await new Promise((resolve) => setTimeout(resolve, 1500))
      expect(scene.states.map(({ kind }) => kind)).toEqual(['stopped', 'starting', 'port-taken'])
      scene.supervisor.start({ port: 0 })
      const { baseUrl, token } = await scene.until('serving')
      expect(new URL(baseUrl).port).not.toBe(String(port))
      expect((await ask(`${baseUrl}/panel/session`, token)).status).toBe(200)
    } finally {
      other.close()
    }
  })
})

describe('the data folder', { timeout: 2 * longMs }, () => {
  it('has one gateway: a second shell waits until the first is gone', async () => {
    const first = sceneOf()
    first.supervisor.start()
    await first.until('serving')
    const second = sceneOf({ dataDir: first.dataDir })
    second.supervisor.start()
    expect(await second.until('waiting')).toMatchObject({ reason: `Another Tollgate is already using the data folder ${first.dataDir}.` })
    await first.supervisor.stop(1000)
    second.supervisor.start()
    await second.until('serving')
    await second.supervisor.stop(1000)
  })

  it('is free again after a quit in the middle of a start, wherever that was', async () => {
    const scene = sceneOf()
    for (const afterMs of [0, 200, 500, 1000]) {
      scene.supervisor.start()
      await new Promise((resolve) => setTimeout(resolve, afterMs))
      await scene.supervisor.stop(0)
      expect(scene.supervisor.state).toEqual({ kind: 'stopped', reason: null })
    }
    scene.supervisor.start()
    const { baseUrl, token } = await scene.until('serving')
    expect((await ask(`${baseUrl}/panel/session`, token)).status).toBe(200)
  })

  it('serves again after the gateway was killed', async () => {
    const scene = sceneOf()
    scene.supervisor.start()
    const first = await scene.until('serving')
    process.kill(first.pid, 'SIGKILL')
    await scene.next('waiting')
    const second = await scene.until('serving')
    expect(second.token).not.toBe(first.token)
    expect((await ask(`${second.baseUrl}/panel/session`, second.token)).status).toBe(200)
  })
})

describe('a configuration that cannot be', { timeout: longMs }, () => {
  it('is told in its own sentence and not tried again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tollgate-shell-config-'))
    const scene = sceneOf({ configPath: join(folder, 'missing.yaml') })
    scene.supervisor.start()
    const state = await scene.next('stopped')
    expect(state.reason).toMatch(/missing\.yaml/)
    expect(state.reason).toMatch(/^[A-Z].*\.$/)
  })
})
