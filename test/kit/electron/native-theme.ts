// `nativeTheme`: what the system prefers and what was chosen. Promises: a choice wins over the system for windows, and is told as `updated`.
// Leaves alone: contrast and transparency. Source: https://www.electronjs.org/docs/latest/api/native-theme (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'
import { EventEmitter } from 'node:events'

class StandInTheme extends EventEmitter {
  /** The system's own: of windows, and of its bars. */
  systemDark = false
  barDark = false
  #source: Electron.NativeTheme['themeSource'] = 'system'

  get themeSource(): Electron.NativeTheme['themeSource'] {
    return this.#source
  }
  set themeSource(source: Electron.NativeTheme['themeSource']) {
    this.#source = source
    this.emit('updated')
  }
  get shouldUseDarkColors(): boolean {
    return this.#source === 'system' ? this.systemDark : this.#source === 'dark'
  }
  get shouldUseDarkColorsForSystemIntegratedUI(): boolean {
    return this.barDark
  }
}
export const nativeTheme = new StandInTheme() satisfies Pick<
  Electron.NativeTheme,
  'themeSource' | 'shouldUseDarkColors' | 'shouldUseDarkColorsForSystemIntegratedUI'
>

export function resetTheme(): void {
  nativeTheme.removeAllListeners()
  nativeTheme.themeSource = 'system'
  nativeTheme.systemDark = false
  nativeTheme.barDark = false
}
