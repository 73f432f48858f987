// The fuses of the packed program: which are set how, and that one which does not take fails the build.
// Promises: held against a file with the same mark and layout that Electron's binary has. Leaves alone: what Electron does with them.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { setFuses } from '../../scripts/steps/after-pack.mjs'

// The mark before the fuses in Electron's binary: https://www.electronjs.org/docs/latest/tutorial/fuses, as known 2026-11-21.
const mark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
const program = (fuses: string, version = 1): Buffer =>
  Buffer.concat([Buffer.from(`code ${mark}`), Buffer.from([version, fuses.length]), Buffer.from(`${fuses} more code`)])

describe('the fuses', () => {
  let folder = ''
  let file = ''
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'fuses-'))
    file = join(folder, 'electron')
  })
  afterEach(() => {
    rmSync(folder, { recursive: true })
  })

  it('are set: no plain Node, no NODE_OPTIONS, no inspector, no file privileges; cookies encrypted, the archive checked and alone', async () => {
    writeFileSync(file, program('10110001'))
    await setFuses(file)
    expect(readFileSync(file).toString()).toBe(program('01001100').toString())
  })

  it('leave alone those of a newer Electron that are not known here', async () => {
    writeFileSync(file, program('101100011'))
    await setFuses(file)
    expect(readFileSync(file).toString()).toBe(program('010011001').toString())
  })

  it.each([
    ['has no fuses', Buffer.from('#!/bin/sh'), 'Could not find sentinel'],
    ['has fuses of another layout', program('10110001', 2), 'fuse wire version'],
    ['has too few', program('1011'), 'not long enough'],
  ])('are not set in a program that %s', async (_what, bytes, message) => {
    writeFileSync(file, bytes)
    await expect(setFuses(file)).rejects.toThrow(message)
  })
})
