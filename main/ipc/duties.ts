// What the panel may have the operating system do, as the shell offers it. Promises: every duty is bounded, and what a person refuses is a value.
// Leaves alone: how each is done (main/os), who may ask for it (handle.ts).

import type { AppFacts, Autostart, SupportFile, ThemeChoice, UpdateChoice } from './contract.ts'

export interface DesktopDuties {
  readonly facts: AppFacts
  /** Shows the folder of the logs in the system's file manager. */
  openLogFolder(): Promise<void>
  /** Asks where to save; null: the person thought better of it. */
  chooseSaveFile(suggestedName: string): Promise<string | null>
  /** Shows the host of an address and asks whether to leave for it. */
  confirmExternal(host: string): Promise<boolean>
  readAutostart(): Promise<Autostart>
  /** What came of it is what the system says afterwards. */
  writeAutostart(enabled: boolean): Promise<Autostart>
  /** Asks for an update file and judges it; installing is another step, with a question of its own. */
  chooseUpdate(): Promise<UpdateChoice>
  /** false: the system shows no notifications of this app. */
  showTestNotification(): Promise<boolean>
  /** Window, menus and title bar follow. */
  applyTheme(choice: ThemeChoice): Promise<void>
  /** Every file that a support bundle would hold, redacted as it would be. */
  previewSupportBundle(): Promise<readonly SupportFile[]>
  /** Its path; null: nobody chose one. */
  saveSupportBundle(): Promise<string | null>
}
