// The shell's own small file: where its window stood, what was told already, what people chose for this computer.
// Promises: read once, written whole and atomically; garbage reads as nothing; too much is not written. A full disk costs the memory, not the app.
// Leaves alone: the gateway's settings (its ledger), what each name's value means (its reader).

import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { isJsonObject, type Json, type JsonObject } from '../../gateway/contract/json.ts'
import { replaceFileSync } from '../../gateway/kit/replace-file.ts'
import { shellLimits } from './limits.ts'

export type SettingName = 'window' | 'close-word' | 'theme' | 'port' | 'notices'

export interface ShellSettings {
  /** undefined: never written, or not readable any more. */
  read(name: SettingName): Json | undefined
  /** false: it counts until the app ends and could not be kept. */
  write(name: SettingName, value: Json): boolean
}

/** `file`: in Electron's userData, which is made when it is not there. */
export function openSettings(file: string): ShellSettings {
  let values: JsonObject = readFile(file)
  return {
    read: (name) => values[name],
    write(name, value) {
      if (JSON.stringify(values[name]) === JSON.stringify(value)) return true
      values = { ...values, [name]: value }
      return writeFile(file, values)
    },
  }
}

function readFile(file: string): JsonObject {
  try {
    const text = readFileSync(file, 'utf8')
    const value: unknown = text.length > shellLimits.settingsBytesMax ? null : JSON.parse(text)
    return isJsonObject(value) ? value : {}
  } catch {
    // Not there yet, cut by a crash of the system, or edited by hand: every setting has a default.
    return {}
  }
}

function writeFile(file: string, values: JsonObject): boolean {
  const text = `${JSON.stringify(values, null, 2)}\n`
  if (Buffer.byteLength(text) > shellLimits.settingsBytesMax) return false
  try {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    replaceFileSync(file, text)
    return true
  } catch {
    // A full or write-protected disk: people are asked once more next time, nothing else is lost.
    return false
  }
}
