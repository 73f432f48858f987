// Saves what the panel exports: asks the gateway what it is called and people where to, then streams the gateway's answer into that file.
// Promises: only the panel's own exports; the file has its name when it is whole, and a broken export leaves none.
// Leaves alone: the dialog (a duty), the rows.

import { randomUUID } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { panelOrigin, parsePanelUrl } from '../window/address.ts'
import type { PanelScheme } from '../window/scheme.ts'
import type { Saved } from './contract.ts'
import { Refused } from './refused.ts'

const exportPaths = ['/spend/export.csv']
const nameLengthMax = 120

export interface ExportTools {
  /** The panel's own way to the gateway. */
  readonly scheme: PanelScheme
  readonly chooseFile: (suggestedName: string) => Promise<string | null>
}

/** @throws Refused */
export async function saveExport(tools: ExportTools, path: string): Promise<Saved> {
  const url = path.startsWith('/') ? parsePanelUrl(`${panelOrigin}${path}`) : null
  if (url === null || !exportPaths.includes(url.pathname)) throw new Refused('This is not an export of the panel.')
  const named = await ask(tools.scheme, url)
  // Nobody reads on while the box is open, and the gateway cuts whoever takes nothing for a minute: so it is asked again once the place is known.
  // One that broke off already has nothing to call off.
  await named.body.cancel().catch(() => undefined)
  const file = await tools.chooseFile(named.name)
  if (file === null) return { file: null }
  const { body } = await ask(tools.scheme, url)
  await writeWhole(body, file)
  return { file }
}

async function ask(scheme: PanelScheme, url: URL): Promise<{ readonly body: ReadableStream<Uint8Array>; readonly name: string }> {
  const answer = await scheme(new Request(url))
  if (!answer.ok || answer.body === null) throw new Refused(await sentenceOf(answer))
  return { body: answer.body, name: nameOf(answer) }
}

async function writeWhole(body: ReadableStream<Uint8Array>, file: string): Promise<void> {
  const beginning = `${file}.${randomUUID()}.part`
  try {
    await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), createWriteStream(beginning, { flags: 'wx', mode: 0o600 }))
    await rename(beginning, file)
  } catch (error) {
    await rm(beginning, { force: true })
    const why = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : ''
    throw new Refused(`The export could not be written to ${basename(file)}${why}. Nothing was left behind.`)
  }
}

/** The gateway names it; a name that is none, or that has a folder in it, is replaced. */
function nameOf(answer: Response): string {
  const named = /filename="([\w.-]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1]
  return named !== undefined && named.length <= nameLengthMax && !named.startsWith('.') ? named : 'export.csv'
}

async function sentenceOf(answer: Response): Promise<string> {
  const body: unknown = await answer.json().catch(() => null)
  const error: unknown = typeof body === 'object' && body !== null && 'error' in body ? body.error : null
  const said = typeof error === 'object' && error !== null && 'message' in error ? error.message : null
  return typeof said === 'string' ? said : `The gateway answered with status ${answer.status}.`
}
