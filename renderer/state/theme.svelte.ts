// Light, dark or as the system has it; kept in this browser.
// Promises: in the desktop's window the frame follows. Leaves alone: colours (styles/tokens.css).

import { desktop } from '../lib/desktop.ts'

export type ThemeChoice = 'system' | 'light' | 'dark'
const storageKey = 'tollgate-theme'

class Theme {
  choice = $state<ThemeChoice>(remembered())
  /** Rises whenever colours may have changed, so that canvases draw again. */
  version = $state(0)

  apply(): void {
    if (this.choice === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = this.choice
    window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => (this.version += 1))
    this.#tellShell()
  }

  #tellShell(): void {
    // A frame in the other colour is no reason to bother anyone.
    void desktop?.applyTheme(this.choice).catch(() => undefined)
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice
    if (choice === 'system') delete document.documentElement.dataset['theme']
    else document.documentElement.dataset['theme'] = choice
    this.version += 1
    this.#tellShell()
    try {
      localStorage.setItem(storageKey, choice)
    } catch {
      // A browser without storage keeps the choice until the page closes.
    }
  }
}

function remembered(): ThemeChoice {
  try {
    const kept = localStorage.getItem(storageKey)
    return kept === 'light' || kept === 'dark' ? kept : 'system'
  } catch {
    return 'system'
  }
}

export const theme = new Theme()
