// Adding models of a provider: what the form holds, what it still lacks, and the admin routes' bodies that follow.
// Promises: a pasted secret goes into one body (/credentials) and nowhere else; prices keep their digits.
// Leaves alone: sending (the page), which settings a provider has (the gateway's catalogue says).

import type { PanelProviderKind } from '../../gateway/contract/panel.ts'
import type { Json, JsonObject } from '../../gateway/contract/json.ts'
import { readTypedUsd } from './money.ts'

export type CredentialChoice = 'none' | 'variable' | 'saved' | 'new'
export interface PickedModel {
  upstream: string
  /** Name callers use. */
  name: string
}
export interface ProviderForm {
  kind: PanelProviderKind
  baseUrl: string
  credential: CredentialChoice
  variable: string
  savedName: string
  newName: string
  newSecret: string
  /** The provider's further secrets, by the name of their setting. */
  newSecrets: Record<string, string>
  /** Which of its secrets the variable holds. */
  variableHolds: string
  settings: Record<string, string>
  inputUsdPerMillion: string
  outputUsdPerMillion: string
  picked: PickedModel[]
}
export type ProviderFormErrors = Partial<Record<'baseUrl' | 'credential' | 'picked' | 'prices', string>> & { settings?: Record<string, string> }
export interface VaultFacts {
  readonly canSave: boolean
  readonly savedNames: readonly string[]
}

export function startProviderForm(kind: PanelProviderKind, vault: VaultFacts): ProviderForm {
  const saved = vault.savedNames[0] ?? ''
  return {
    kind,
    baseUrl: '',
    credential: !kind.needsKey ? 'none' : kind.keyVariableSet ? 'variable' : saved !== '' ? 'saved' : vault.canSave ? 'new' : 'variable',
    variable: kind.keyVariable ?? '',
    savedName: saved,
    newName: kind.id,
    newSecret: '',
    newSecrets: {},
    variableHolds: keySettings(kind)[0]?.name ?? 'api_key',
    settings: {},
    inputUsdPerMillion: '',
    outputUsdPerMillion: '',
    picked: [],
  }
}

/** The provider's own settings beside its address and credential, which have places of their own in the form. */
export function ownSettings(kind: PanelProviderKind): PanelProviderKind['settings'] {
  return kind.settings.filter((setting) => setting.name !== 'api_base' && setting.name !== 'api_key' && setting.kind !== 'secret')
}

/** Every secret that proves who pays, each in place of the others or beside them; a provider lists the usual one first. */
export function keySettings(kind: PanelProviderKind): PanelProviderKind['settings'] {
  return kind.settings.filter((setting) => setting.kind === 'secret')
}
const furtherSettings = (kind: PanelProviderKind): PanelProviderKind['settings'] => keySettings(kind).filter((setting) => setting.name !== 'api_key')

/** What is needed to ask the provider for its models. */
export function checkConnection(form: ProviderForm, vault: VaultFacts): ProviderFormErrors {
  const errors: ProviderFormErrors = {}
  if (form.baseUrl.trim() === '' && form.kind.defaultBaseUrl === null) errors.baseUrl = 'This provider needs an address.'
  else if (form.baseUrl.trim() !== '' && !isHttpAddress(form.baseUrl)) errors.baseUrl = 'Write an address that begins with http:// or https://.'
  const credential = credentialProblem(form, vault)
  if (credential !== null) errors.credential = credential
  const missing = ownSettings(form.kind).filter((setting) => setting.required && (form.settings[setting.name] ?? '').trim() === '')
  if (missing.length > 0) errors.settings = Object.fromEntries(missing.map((setting) => [setting.name, `${setting.label} is needed.`]))
  return errors
}

export function checkProviderForm(form: ProviderForm, vault: VaultFacts): ProviderFormErrors {
  const errors = checkConnection(form, vault)
  if (form.picked.length === 0) errors.picked = 'Choose at least one model.'
  else if (form.picked.some((model) => model.name.trim() === '' || model.upstream.trim() === '')) errors.picked = 'Every model needs a name.'
  if ([form.inputUsdPerMillion, form.outputUsdPerMillion].some((text) => text.trim() !== '' && readTypedUsd(text) === null))
    errors.prices = 'Write prices in dollars, such as 0.15.'
  else if ((form.inputUsdPerMillion.trim() === '') !== (form.outputUsdPerMillion.trim() === '')) errors.prices = 'Give both prices, or neither.'
  return errors
}

/** Body of /panel/probe. */
export function toProbeBody(form: ProviderForm): JsonObject {
  return { provider: form.kind.id, ...address(form), ...settingValues(form), ...probeCredential(form) }
}

/** Body of /credentials, when a secret is to be saved. */
export function toCredentialBody(form: ProviderForm): JsonObject | null {
  if (form.credential !== 'new') return null
  return { credential_name: form.newName.trim(), credential_values: typedSecrets(form), credential_info: { custom_llm_provider: form.kind.id } }
}

/** Bodies of /model/new, one per chosen model. */
export function toModelBodies(form: ProviderForm): readonly { readonly model: PickedModel; readonly body: JsonObject }[] {
  return form.picked.map((model) => {
    const params: JsonObject = {
      model: `${form.kind.id}/${model.upstream.trim()}`,
      ...address(form),
      ...settingValues(form),
      ...modelCredential(form),
      ...prices(form),
    }
    return { model, body: { model_name: model.name.trim(), litellm_params: params, model_info: {} } }
  })
}

function credentialProblem(form: ProviderForm, vault: VaultFacts): string | null {
  if (form.credential === 'none') return form.kind.needsKey ? 'This provider needs a credential.' : null
  if (form.credential === 'variable')
    return /^[A-Za-z_][A-Za-z0-9_]*$/.test(form.variable.trim()) ? null : 'Write the name of an environment variable, such as OPENAI_API_KEY.'
  if (form.credential === 'saved') return vault.savedNames.includes(form.savedName) ? null : 'Choose a saved credential.'
  if (Object.keys(typedSecrets(form)).length === 0) return 'Paste the key the provider gave you.'
  if (form.newName.trim() === '') return 'Give the credential a name.'
  return vault.savedNames.includes(form.newName.trim()) ? 'A credential of this name exists already.' : null
}

function address(form: ProviderForm): JsonObject {
  return form.baseUrl.trim() === '' ? {} : { api_base: form.baseUrl.trim().replace(/\/+$/, '') }
}
/** What was typed, by the name of its setting. */
function typedSecrets(form: ProviderForm): JsonObject {
  const key = form.newSecret.trim()
  const further = furtherSettings(form.kind).flatMap(({ name }): [string, Json][] => {
    const typed = (form.newSecrets[name] ?? '').trim()
    return typed === '' ? [] : [[name, typed]]
  })
  return { ...(key === '' ? {} : { api_key: key }), ...Object.fromEntries(further) }
}
function settingValues(form: ProviderForm): JsonObject {
  const values: [string, Json][] = []
  for (const setting of ownSettings(form.kind)) {
    const typed = (form.settings[setting.name] ?? '').trim()
    if (typed !== '') values.push([setting.name, setting.kind === 'number' ? Number(typed) : typed])
  }
  return Object.fromEntries(values)
}
function probeCredential(form: ProviderForm): JsonObject {
  return form.credential === 'new' ? typedSecrets(form) : modelCredential(form)
}
function modelCredential(form: ProviderForm): JsonObject {
  if (form.credential === 'variable') return { [form.variableHolds]: `os.environ/${form.variable.trim()}` }
  if (form.credential === 'saved') return { litellm_credential_name: form.savedName }
  return form.credential === 'new' ? { litellm_credential_name: form.newName.trim() } : {}
}
// Prices are typed per million tokens; the field wants dollars per token. The exponent moves, the digits stay.
function prices(form: ProviderForm): JsonObject {
  const input = readTypedUsd(form.inputUsdPerMillion)
  const output = readTypedUsd(form.outputUsdPerMillion)
  return input === null || output === null ? {} : { input_cost_per_token: Number(`${input}e-6`), output_cost_per_token: Number(`${output}e-6`) }
}

function isHttpAddress(text: string): boolean {
  const url = URL.parse(text.trim())
  return url !== null && (url.protocol === 'http:' || url.protocol === 'https:')
}
