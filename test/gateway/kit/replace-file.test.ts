// A file replaced in one step. Promises: both ways keep the same promises, also when the process is killed at any moment, which real processes and
// the system's own record of their calls show. Leaves alone: a power cut (that the disk was asked to sync, and when, is what can be seen).

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { draftOf, replaceFile, replaceFileSync } from '../../../gateway/kit/replace-file.ts'
import { parts } from '../../kit/parts.ts'

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-replace-'))
  path = join(folder, 'kept.json')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const child = resolve(import.meta.dirname, 'replace-file-child.ts')
const modeOf = (file: string): number => statSync(file).mode & 0o777
const posix = process.platform !== 'win32'

describe.each([
  ['replaceFile', replaceFile],
  ['replaceFileSync', async (...order: Parameters<typeof replaceFileSync>) => await Promise.resolve(replaceFileSync(...order))],
] as const)('%s', (way, replace) => {
  it('makes a file and replaces it whole: nothing of a longer one is left, and nothing beside it', async () => {
    await replace(path, 'a long text that was there before')
    expect(readFileSync(path, 'utf8')).toBe('a long text that was there before')
    await replace(path, Buffer.from('short ü'))
    expect(readFileSync(path, 'utf8')).toBe('short ü')
    expect(readdirSync(folder)).toEqual(['kept.json'])
  })

  it.runIf(posix)('leaves it to its owner alone, whatever the one before was; a mode that is given counts', async () => {
    writeFileSync(path, 'old', { mode: 0o666 })
    await replace(path, 'new')
    expect(modeOf(path)).toBe(0o600)
    await replace(path, 'open', 0o644)
    // What is left of it under this machine's umask.
    writeFileSync(join(folder, 'plain'), '', { mode: 0o644 })
    expect(modeOf(path)).toBe(modeOf(join(folder, 'plain')))
  })

  it('reads nothing of what a crash left half written, and writes over nothing that a link leads to', async () => {
    writeFileSync(path, 'old')
    writeFileSync(draftOf(path), 'half of a much longer text that a crash', { mode: 0o666 })
    expect(readFileSync(path, 'utf8')).toBe('old')
    await replace(path, 'new')
    expect(readFileSync(path, 'utf8')).toBe('new')
    if (posix) {
      expect(modeOf(path)).toBe(0o600)
      const elsewhere = join(folder, 'elsewhere')
      writeFileSync(elsewhere, 'theirs')
      symlinkSync(elsewhere, draftOf(path))
      await replace(path, 'newer')
      expect([readFileSync(path, 'utf8'), readFileSync(elsewhere, 'utf8')]).toEqual(['newer', 'theirs'])
    }
  })

  it('fails with the system’s word, and leaves what was there and no draft', async () => {
    const taken = join(folder, 'taken')
    mkdirSync(join(taken, 'inside'), { recursive: true })
    await expect((async () => await replace(taken, 'x'))()).rejects.toThrow(/rename/)
    expect(readdirSync(folder)).toEqual(['taken'])
    expect(readdirSync(taken)).toEqual(['inside'])
    await expect((async () => await replace(join(folder, 'nowhere', 'kept.json'), 'x'))()).rejects.toMatchObject({ code: 'ENOENT' })
  })

  const bytes = 4_000_000
  const expectWhole = (): void => {
    const found = readFileSync(path)
    expect(found.length).toBe(bytes)
    expect(found.equals(Buffer.alloc(bytes, found.subarray(0, 1)))).toBe(true)
  }

  it('leaves a whole file behind whenever the process is killed', async () => {
    for (const afterMs of [0, 3, 7, 13, 29]) {
      const writer = spawn(process.execPath, [child, path, way, String(bytes)], { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(writer.stdout, 'data')
      await new Promise((done) => setTimeout(done, afterMs))
      writer.kill('SIGKILL')
      await once(writer, 'close')
      expectWhole()
    }
    await replace(path, 'after all that')
    expect(readdirSync(folder)).toEqual(['kept.json'])
  })

  it.skipIf(!parts.strace).each(['write,pwrite64', 'fsync,fdatasync', 'rename,renameat,renameat2'])('and when that is at its first %s', async (calls) => {
    await replace(path, Buffer.alloc(bytes, 'z'))
    const kill = ['-f', '-P', path, '-P', draftOf(path), '-e', `trace=${calls}`, '-e', `inject=${calls}:signal=SIGKILL:when=1`]
    const tracer = spawn('strace', [...kill, process.execPath, child, path, way, String(bytes), '1'], { stdio: 'ignore' })
    expect(await once(tracer, 'close')).toEqual([null, 'SIGKILL'])
    expectWhole()
  })

  it.skipIf(!parts.strace)('has the content on the disk before the name, and the name before it returns', async () => {
    const trace = join(folder, 'trace')
    const calls = 'trace=write,pwrite64,fsync,fdatasync,rename,renameat,renameat2'
    await promisify(execFile)('strace', ['-f', '-y', '-o', trace, '-e', calls, process.execPath, child, path, way, '3', '1'])
    const lines = readFileSync(trace, 'utf8').split('\n')
    const order = [
      `write\\(\\d+<${draftOf(path)}>, "aaa"`,
      `f(?:data)?sync\\(\\d+<${draftOf(path)}>`,
      `rename.*"${path}"`,
      `fsync\\(\\d+<${folder}>`,
      '"replaced',
    ]
    const places = order.map((pattern) => lines.findIndex((line) => new RegExp(pattern).test(line)))
    expect(places).not.toContain(-1)
    expect(places).toEqual(places.toSorted((left, right) => left - right))
  })
})
