// The state behind the form of a key: what is typed, what is wrong with it, what is being sent.
// Promises: errors appear at the first try to save and then follow the typing; what was typed survives a refusal.
// Leaves alone: what is sent (lib/key-form).

import type { PanelKey, PanelTeam } from '../../../gateway/contract/panel.ts'
import { ApiError, readProviders, readTeams } from '../../lib/api.ts'
import { type KeyForm, type KeyFormErrors, checkKeyForm, emptyKeyForm, namesOf, toKeyForm } from '../../lib/key-form.ts'
import { Remote } from '../../state/remote.svelte.ts'

export class KeyEditor {
  form = $state<KeyForm>(emptyKeyForm())
  tried = $state(false)
  busy = $state(false)
  problem = $state.raw<ApiError | null>(null)
  readonly teams = new Remote((signal) => readTeams(signal))
  readonly providers = new Remote((signal) => readProviders(signal))
  readonly errors: KeyFormErrors = $derived(this.tried ? checkKeyForm(this.form) : {})
  readonly models: readonly string[] = $derived(namesOf(this.providers.value?.deployments ?? []))
  readonly teamName: string | null = $derived(this.teams.value?.find((team: PanelTeam) => team.teamId === this.form.teamId)?.name ?? null)

  load(): void {
    void this.teams.reload()
    void this.providers.reload()
  }
  fill(key: PanelKey): void {
    this.form = toKeyForm(key)
    this.tried = false
    this.problem = null
  }
  takeTeam = (teamId: string): void => {
    void this.teams.reload().then(() => (this.form.teamId = teamId))
  }

  /** Runs `send` when the form is in order. true when it went through; otherwise the first field in error takes the focus. */
  async submit(send: () => Promise<void>): Promise<boolean> {
    this.tried = true
    if (Object.keys(checkKeyForm(this.form)).length > 0) {
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid]')?.focus())
      return false
    }
    this.busy = true
    this.problem = null
    try {
      await send()
      return true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.problem = error
      return false
    } finally {
      this.busy = false
    }
  }
}
