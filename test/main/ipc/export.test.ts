// Exports: asked where to, written whole or not at all, and only what the panel exports.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { saveExport } from '../../../main/ipc/export.ts'
import type { PanelScheme } from '../../../main/window/scheme.ts'
import { resetElectron } from '../../kit/electron/index.ts'

let folder = ''
beforeEach(() => {
  resetElectron()
  folder = mkdtempSync(join(tmpdir(), 'tollgate-export-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const csv = 'start,cost_usd\r\n2026-11-21,0.000000001\r\n'
const answering =
  (answer: () => Response, asked: string[] = []): PanelScheme =>
  async (request) => {
    asked.push(request.url)
    return answer()
  }
const attachment = (name: string, body: string | ReadableStream<Uint8Array> = csv): Response =>
  new Response(body, { headers: { 'content-disposition': `attachment; filename="${name}"` } })

it('writes every byte to the chosen file, under the name the gateway gave', async () => {
  const names: string[] = []
  const asked: string[] = []
  const file = join(folder, 'mine.csv')
  const saved = await saveExport(
    { scheme: answering(() => attachment('spend-model-2026-11-01-2026-11-22.csv'), asked), chooseFile: async (name) => (names.push(name) > 0 ? file : null) },
    '/spend/export.csv?group=model',
  )
  expect([saved, names]).toEqual([{ file }, ['spend-model-2026-11-01-2026-11-22.csv']])
  expect(new Set(asked)).toEqual(new Set(['app://panel/spend/export.csv?group=model']))
  expect(readFileSync(file, 'utf8')).toBe(csv)
  expect(readdirSync(folder)).toEqual(['mine.csv'])
})

it('takes as long as people need to choose a place, though the gateway cuts who reads nothing', async () => {
  const impatient = (): Response => {
    const late = setTimeout(() => broken.error(new TypeError('terminated')), 100)
    let broken: ReadableStreamDefaultController<Uint8Array>
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => void (broken = controller),
        pull(controller) {
          clearTimeout(late)
          controller.enqueue(Buffer.from(csv))
          controller.close()
        },
        cancel: () => clearTimeout(late),
      },
      { highWaterMark: 0 },
    )
    return attachment('a.csv', body)
  }
  const file = join(folder, 'mine.csv')
  const chooseFile = async (): Promise<string> => await new Promise((resolve) => setTimeout(() => resolve(file), 300))
  expect(await saveExport({ scheme: answering(impatient), chooseFile }, '/spend/export.csv')).toEqual({ file })
  expect(readFileSync(file, 'utf8')).toBe(csv)
})

it('leaves nothing behind when the answer breaks off, and says so', async () => {
  const broken = (): ReadableStream<Uint8Array> =>
    new ReadableStream({
      pull(controller) {
        controller.enqueue(Buffer.from('start,cost'))
        controller.error(new TypeError('terminated'))
      },
    })
  const file = join(folder, 'mine.csv')
  await expect(saveExport({ scheme: answering(() => attachment('a.csv', broken())), chooseFile: async () => file }, '/spend/export.csv')).rejects.toThrow(
    'Nothing was left behind.',
  )
  expect(readdirSync(folder)).toEqual([])
})

it('stops the gateway’s work when nobody chooses a file', async () => {
  let stopped = false
  const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(Buffer.alloc(1024)), cancel: () => void (stopped = true) })
  expect(await saveExport({ scheme: answering(() => attachment('a.csv', endless)), chooseFile: async () => null }, '/spend/export.csv')).toEqual({ file: null })
  expect(stopped).toBe(true)
})

it.each([
  '/panel/home',
  '/key/list',
  '/spend/logs',
  'https://evil.example/spend/export.csv',
  '//evil.example/spend/export.csv',
  '/spend/../key/list',
  '/spend/export.csv/',
  'spend/export.csv',
  '',
])('refuses %j without asking anybody', async (path) => {
  const asked: string[] = []
  await expect(saveExport({ scheme: answering(() => attachment('a.csv'), asked), chooseFile: async () => join(folder, 'x') }, path)).rejects.toThrow(
    'not an export',
  )
  expect([asked, readdirSync(folder)]).toEqual([[], []])
})

it.each(['../../.bashrc', '.profile', 'a/b.csv', 'x'.repeat(200)])('suggests a name of its own instead of %j', async (name) => {
  const names: string[] = []
  await saveExport(
    { scheme: answering(() => attachment(name)), chooseFile: async (suggested) => (names.push(suggested) > 0 ? null : null) },
    '/spend/export.csv',
  )
  expect(names).toEqual(['export.csv'])
})

it('hands the gateway’s refusal on in its own words', async () => {
  const refused = answering(() => Response.json({ error: { message: 'from: must be before to.' } }, { status: 400 }))
  await expect(saveExport({ scheme: refused, chooseFile: async () => null }, '/spend/export.csv')).rejects.toThrow('from: must be before to.')
})
