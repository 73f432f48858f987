// Duties of a made-up operating system: each answers at once and is written down.
// Promises: every channel can be asked without a desktop. Leaves alone: the real duties (main/os).

import type { DesktopDuties } from '../../main/ipc/duties.ts'

export interface RecordedDuties extends DesktopDuties {
  readonly done: string[]
}

/** `saveTo`: what a person chooses in the dialog. */
export function recordDuties(saveTo: string | null = null): RecordedDuties {
  const done: string[] = []
  let enabled = false
  const note = <Value>(what: string, value: Value): Promise<Value> => {
    done.push(what)
    return Promise.resolve(value)
  }
  return {
    done,
    facts: { version: '0.1.0', platform: 'linux', electron: '45.4.1' },
    openLogFolder: () => note('log folder', undefined),
    chooseSaveFile: (name) => note(`save ${name}`, saveTo),
    confirmExternal: (host) => note(`leave for ${host}`, true),
    readAutostart: () => note('autostart?', { enabled, note: null }),
    writeAutostart: (wish) => {
      enabled = wish
      return note(`autostart ${wish ? 'on' : 'off'}`, { enabled, note: null })
    },
    chooseUpdate: () => note('update', { kind: 'none' }),
    showTestNotification: () => note('notification', true),
    applyTheme: (choice) => note(`theme ${choice}`, undefined),
    previewSupportBundle: () => note('preview', [{ name: 'log.jsonl', bytes: 12, excerpt: '{}' }]),
    saveSupportBundle: () => note('bundle', saveTo),
  }
}
