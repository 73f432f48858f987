// Light or dark, by the system or by choice; the choice is kept.
// Promises: window, menus and the panel's own media queries follow one source. Leaves alone: the panel's colours.
// Source: https://www.electronjs.org/docs/latest/api/native-theme, as known 2026-11-21.

import { nativeTheme } from 'electron'
import type { ThemeChoice } from '../ipc/contract.ts'
import type { ShellSettings } from './settings.ts'

const choices: readonly ThemeChoice[] = ['system', 'light', 'dark']

export interface Theme {
  apply(choice: ThemeChoice): void
  /** Of windows. */
  readonly dark: boolean
  /** Of the bar the tray is in, which need not be that of windows. */
  readonly darkBar: boolean
  onChange(listener: () => void): void
}

/** GNOME's and Unity's bar is dark whatever windows are. */
const darkBars = new Set(['gnome', 'unity', 'ubuntu'])

export function createTheme(settings: ShellSettings, currentDesktop: string | undefined): Theme {
  const kept = settings.read('theme')
  nativeTheme.themeSource = choices.find((choice) => choice === kept) ?? 'system'
  const alwaysDark = (currentDesktop ?? '').split(':').some((name) => darkBars.has(name.trim().toLowerCase()))
  return {
    apply(choice) {
      nativeTheme.themeSource = choice
      settings.write('theme', choice)
    },
    get dark() {
      return nativeTheme.shouldUseDarkColors
    },
    get darkBar() {
      return alwaysDark || nativeTheme.shouldUseDarkColorsForSystemIntegratedUI
    },
    onChange: (listener) => void nativeTheme.on('updated', listener),
  }
}
