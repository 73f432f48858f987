// The bridge as it is built: what it gives the page, and that neither it nor the panel carries a schema library. News, and their waits.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { build } from 'vite'
import { beforeAll, describe, expect, it } from 'vitest'
import type { GatewayState } from '../../../main/gateway/state.ts'
import { createNewsDesk } from '../../../main/ipc/news.ts'
import { channelNames } from '../../../main/ipc/schemas.ts'

let code = ''
beforeAll(async () => {
  const made = await build({ configFile: 'vite.preload.config.ts', logLevel: 'error', build: { write: false } })
  const [only] = Array.isArray(made) ? made : [made]
  if (only === undefined || !('output' in only)) throw new Error('nothing was built')
  const chunks = only.output.filter((part) => part.type === 'chunk')
  expect(chunks).toHaveLength(1)
  code = chunks[0]?.code ?? ''
})

/** Runs it as a sandboxed preload is run: `require` gives electron and nothing else. */
function load(): { name: string; bridge: Record<string, (asked?: unknown) => unknown>; sent: unknown[][] } {
  const sent: unknown[][] = []
  const exposed: [string, unknown][] = []
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, value: unknown) => void exposed.push([name, value]) },
    ipcRenderer: { invoke: (...values: unknown[]) => void sent.push(values) },
  }
  const require = (id: string): unknown => {
    if (id !== 'electron') throw new Error(`module not found: ${id}`)
    return electron
  }
  runInContext(code, createContext({ require, exports: {}, module: { exports: {} } }))
  const [[name, bridge] = ['', {}]] = exposed
  expect(exposed).toHaveLength(1)
  return { name, bridge: bridge as Record<string, (asked?: unknown) => unknown>, sent }
}

describe('the bridge', () => {
  it('gives the page these functions and nothing else', () => {
    const { name, bridge } = load()
    expect(name).toBe('tollgate')
    expect(Object.entries(bridge).map(([key, value]) => [key, typeof value])).toMatchInlineSnapshot(`
      [
        [
          "appFacts",
          "function",
        ],
        [
          "gatewayNews",
          "function",
        ],
        [
          "gatewayRestart",
          "function",
        ],
        [
          "logFolderOpen",
          "function",
        ],
        [
          "exportSave",
          "function",
        ],
        [
          "externalOpen",
          "function",
        ],
        [
          "textCopy",
          "function",
        ],
        [
          "autostartRead",
          "function",
        ],
        [
          "autostartWrite",
          "function",
        ],
        [
          "updateChoose",
          "function",
        ],
        [
          "notificationTest",
          "function",
        ],
        [
          "themeWrite",
          "function",
        ],
        [
          "supportPreview",
          "function",
        ],
        [
          "supportSave",
          "function",
        ],
      ]
    `)
  })

  it('asks on every channel, each once, with one argument', () => {
    const { bridge, sent } = load()
    for (const ask of Object.values(bridge)) ask({ some: 'thing' })
    expect(sent.map(([channel]) => channel)).toEqual(channelNames)
    for (const values of sent) expect(values).toHaveLength(2)
  })

  it('is one small CommonJS file without a schema library', () => {
    expect(code).toContain('require("electron")')
    expect(code).not.toMatch(/\bimport\b|zod|safeParse/i)
    expect(code.length).toBeLessThan(8000)
  })

  it('nor is there one in the panel', () => {
    const assets = join(import.meta.dirname, '../../../dist/panel/assets')
    const scripts = readdirSync(assets).filter((name) => name.endsWith('.js'))
    expect(scripts.length).toBeGreaterThan(1)
    expect(scripts.filter((name) => /ZodError|safeParse|_zod/.test(readFileSync(join(assets, name), 'utf8')))).toEqual([])
  })
})

describe('news', () => {
  function desk(longestMs = 5000): { tell: (next: GatewayState) => void; news: ReturnType<typeof createNewsDesk>; listeners: Set<() => void> } {
    const listeners = new Set<() => void>()
    const supervisor = { state: { kind: 'starting' } as GatewayState }
    const news = createNewsDesk(
      {
        get state() {
          return supervisor.state
        },
        onChange(listener) {
          const hear = (): void => listener(supervisor.state)
          listeners.add(hear)
          return () => listeners.delete(hear)
        },
      },
      longestMs,
    )
    const tell = (next: GatewayState): void => {
      supervisor.state = next
      for (const hear of listeners) hear()
    }
    return { tell, news, listeners }
  }

  it('come at once when there are any, else at the next change, without the token and the process', async () => {
    const { tell, news } = desk()
    expect(await news.read(0)).toEqual({ version: 1, state: { kind: 'starting' } })
    const waiting = news.read(1)
    tell({ kind: 'serving', baseUrl: 'http://127.0.0.1:4000', token: 'secret', pid: 5 })
    expect(await waiting).toEqual({ version: 2, state: { kind: 'serving', baseUrl: 'http://127.0.0.1:4000' } })
    tell({ kind: 'stopping' })
    expect(await news.read(2)).toEqual({ version: 3, state: { kind: 'stopping' } })
  })

  it('are the same again when nothing happens for long, and end with the desk', async () => {
    expect(await desk(5).news.read(1)).toEqual({ version: 1, state: { kind: 'starting' } })
    const { news, listeners } = desk()
    const waiting = news.read(1)
    news.close()
    expect(await waiting).toMatchObject({ version: 1 })
    expect(listeners.size).toBe(0)
  })
})
