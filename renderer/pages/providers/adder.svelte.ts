// The state behind adding models: the provider, what the form holds, what the provider listed, what was saved.
// Promises: nothing is sent before a button is pressed; a secret is cleared as soon as it is saved; each model's outcome is kept.
// Leaves alone: bodies and checks (lib/provider-form).

import type { PanelEngine } from '../../../gateway/contract/panel-engine.ts'
import type { PanelProviderKind } from '../../../gateway/contract/panel.ts'
import { ApiError, createCredential, createModel, probe, readEngines, readProviders } from '../../lib/api.ts'
import {
  type ProviderForm,
  type ProviderFormErrors,
  type VaultFacts,
  checkConnection,
  checkProviderForm,
  startProviderForm,
  toCredentialBody,
  toModelBodies,
  toProbeBody,
} from '../../lib/provider-form.ts'
import { Remote } from '../../state/remote.svelte.ts'
import { session } from '../../state/session.svelte.ts'

export class Adder {
  readonly providers = new Remote((signal) => readProviders(signal))
  readonly engines = new Remote((signal) => readEngines(signal))
  form = $state<ProviderForm | null>(null)
  listed = $state.raw<readonly string[] | null>(null)
  listing = $state(false)
  listProblem = $state<string | null>(null)
  tried = $state<'no' | 'list' | 'save'>('no')
  saving = $state(false)
  problem = $state.raw<ApiError | null>(null)
  /** Models that were saved before a later one failed. */
  saved = $state.raw<readonly string[]>([])
  /** Rises when what is being listed no longer matters. */
  #turn = 0
  readonly vault: VaultFacts = $derived({
    canSave: session.facts?.vault.canSave ?? false,
    savedNames: (this.providers.value?.credentials ?? [])
      .filter((credential) => credential.providerId === null || credential.providerId === this.form?.kind.id)
      .map((credential) => credential.name),
  })
  readonly errors: ProviderFormErrors = $derived(
    this.form === null || this.tried === 'no' ? {} : this.tried === 'list' ? checkConnection(this.form, this.vault) : checkProviderForm(this.form, this.vault),
  )

  load(): void {
    void this.providers.reload()
    void this.engines.reload()
  }

  choose(kind: PanelProviderKind, engine: PanelEngine | null = null): void {
    const saved = (this.providers.value?.credentials ?? []).filter((credential) => credential.providerId === null || credential.providerId === kind.id)
    const form = startProviderForm(kind, { canSave: this.vault.canSave, savedNames: saved.map((credential) => credential.name) })
    this.form =
      engine === null
        ? form
        : {
            ...form,
            baseUrl: engine.baseUrl === kind.defaultBaseUrl ? '' : engine.baseUrl,
            credential: engine.state === 'needs-key' ? (this.vault.canSave ? 'new' : 'variable') : form.credential,
          }
    this.#stopListing()
    this.listed = engine !== null && engine.models.length > 0 ? engine.models : null
    this.listProblem = null
    this.tried = 'no'
    this.problem = null
    this.saved = []
  }
  back(): void {
    this.#stopListing()
    this.form = null
    this.listed = null
  }

  async list(): Promise<void> {
    if (this.form === null) return
    this.tried = 'list'
    if (Object.keys(checkConnection(this.form, this.vault)).length > 0) return
    this.#stopListing()
    const turn = this.#turn
    this.listing = true
    this.listProblem = null
    try {
      const answer = await probe(toProbeBody(this.form))
      if (turn !== this.#turn) return
      this.listed = answer.ok ? answer.models : null
      this.listProblem = answer.ok
        ? answer.models.length === 0
          ? 'The provider answered, but lists no models. Add them by name below.'
          : null
        : (answer.problem ?? 'The provider did not list its models.')
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (turn === this.#turn) this.listProblem = error.message
    } finally {
      if (turn === this.#turn) this.listing = false
    }
  }

  #stopListing(): void {
    this.#turn += 1
    this.listing = false
  }

  toggle(upstream: string, on: boolean): void {
    if (this.form === null) return
    const others = this.form.picked.filter((model) => model.upstream !== upstream)
    this.form.picked = on ? [...others, { upstream, name: upstream }] : others
  }

  /** true when everything was saved. */
  async save(): Promise<boolean> {
    if (this.form === null) return false
    this.tried = 'save'
    if (Object.keys(checkProviderForm(this.form, this.vault)).length > 0) {
      requestAnimationFrame(() => document.querySelector<HTMLElement>('[aria-invalid], .field-error')?.scrollIntoView({ block: 'center' }))
      return false
    }
    this.saving = true
    this.problem = null
    try {
      await this.#send(this.form)
      return true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      this.problem = error
      return false
    } finally {
      this.saving = false
    }
  }

  async #send(form: ProviderForm): Promise<void> {
    const bodies = toModelBodies(form)
    const credential = toCredentialBody(form)
    if (credential !== null) {
      await createCredential(credential)
      // From here on it is one of the saved ones: a retry must not save it twice, and the secret has no business in the page.
      form.savedName = form.newName.trim()
      form.credential = 'saved'
      form.newSecret = ''
      form.newSecrets = {}
      await this.providers.reload()
    }
    for (const { model, body } of bodies) {
      await createModel(body)
      this.saved = [...this.saved, model.name]
      form.picked = form.picked.filter((picked) => picked.upstream !== model.upstream)
    }
  }
}
