// A provider plug: it describes, it never dials. And a deployment: one model at one provider under one public name.
// Promises: every difference between vendors is a property from this closed list; shared code asks for properties, not names.
// Leaves alone: where settings are stored, how a secret is fetched.

import type { DeploymentId, NonEmpty } from './ids.ts'
import type { JsonObject } from './json.ts'
import type { PriceCard } from './price.ts'
import type { SurfaceId, WireId } from './request.ts'
import type { CredentialRef } from './vault.ts'

export const reasoningBacks = ['reasoning_content', 'reasoning', 'none'] as const
export type ReasoningBack = (typeof reasoningBacks)[number]

/** Named differences. Add one only when two vendors need it or a wire cannot know. */
export interface Quirks {
  /** Field that caps output on openai-chat when the caller sent neither. */
  readonly outputCapField?: 'max_tokens' | 'max_completion_tokens'
  /** Without a cap it stops after a few hundred tokens, so it is always told one on openai-chat. */
  readonly smallDefaultCap?: boolean
  /** The vendor has no `stream_options`; usage comes another way or not at all. */
  readonly noStreamUsage?: boolean
  /** Embeddings come back as floats whatever was asked. */
  readonly floatEmbeddingsOnly?: boolean
  /** Embeddings have their size in `output_dimension`, and numbers are asked for by naming no encoding. */
  readonly outputDimension?: boolean
  /** Tokens the vendor adds to a prompt on its own (templates, tool preambles), for the strict bound. */
  readonly promptOverheadTokens?: number
  /** How an assistant's message may say what it thought; absent: as `reasoning_content`. Some servers refuse a field they do not know. */
  readonly reasoningBack?: ReasoningBack
  /** Gemini's format, without ids of calls: results are told by their order. */
  readonly noCallIds?: boolean
  /** Responses in a plainer form, where a field that is not known is refused. */
  readonly plainResponses?: boolean
  /** It answers 400 to `top_k`. */
  readonly noTopK?: boolean
  /** System messages may stand anywhere in a conversation. */
  readonly systemAnywhere?: boolean
  /** Models that can reason do so only when a request asks for it. false: they do so unasked, listed as able to or not. */
  readonly reasonsWhenAsked?: boolean
  /** Messages at a reseller: this version stands in the body, and the model in the path alone. */
  readonly anthropicVersion?: string
  /** Messages at a reseller: the path alone says whether it is a stream. */
  readonly streamInPath?: boolean
  /** Its refusals are its own, also where it speaks another's dialect. */
  readonly ownErrors?: boolean
  /** Messages at a reseller: betas stand in the body, and these are all it knows; it refuses a request that names another. */
  readonly betasInBody?: readonly string[]
  /** A recording that plays for less is billed as one of so many seconds. */
  readonly secondsMin?: number
  /** Headers may take minutes while a model loads. */
  readonly coldLoad?: boolean
}

/**
 * What a call that is broken off costs there. free: nothing beyond the work itself, a local engine · produced: a stream stops and is billed for what it
 * wrote; what does not stream runs, and is billed, to its end · whole: either runs, and is billed, to its end.
 * Where nobody knows: produced. A deployment's `aborted_calls` says otherwise.
 */
export const abortedCallRules = ['free', 'produced', 'whole'] as const
export type AbortedCallRule = (typeof abortedCallRules)[number]

export interface SettingField {
  readonly name: string
  readonly label: string
  readonly kind: 'text' | 'url' | 'secret' | 'number' | 'select'
  readonly required: boolean
  readonly placeholder?: string
  readonly help?: string
  readonly options?: readonly string[]
}

/** How a secret proves who pays, where a key in a header is not all there is (gateway/authorize). */
export const authorizerIds = ['aws', 'google', 'entra', 'own-headers'] as const
export type AuthorizerId = (typeof authorizerIds)[number]

/** One of LiteLLM's `litellm_params` that only this provider has a use for. */
export interface OwnParam {
  /** Kept like a key: the entry holds a reference. */
  readonly secret?: true
  /** Environment variables that hold it by convention, in order. A secret is read from them for the vendor's own address only. */
  readonly variables?: readonly string[]
  /** Where nobody says. */
  readonly fallback?: string
}

export interface Provider {
  /** = file name, LiteLLM's prefix where it has one. */
  readonly id: string
  readonly title: string
  /** Other LiteLLM prefixes that mean this provider (`ollama_chat`, `hosted_vllm`). */
  readonly aliases: readonly string[]
  /** A local engine: prices are declared 0, loopback addresses are expected. */
  readonly local: boolean
  /** Wires it speaks and the path of each, in order of preference. `{model}` stands for the vendor's own model name, percent-encoded. */
  readonly wires: Readonly<Partial<Record<WireId, string>>>
  /** Its own parameters by name. Those that are not secret stand for `{name}` in a path, percent-encoded. */
  readonly ownParams?: Readonly<Record<string, OwnParam>>
  /** Below base URLs that end like this the vendor serves another generation of its API. */
  readonly newer?: { readonly baseUrlEnd: string; readonly wires: Provider['wires'] }
  /** Where a stream has a path of its own, query included. */
  readonly streamPaths?: Readonly<Partial<Record<WireId, string>>>
  /** Where an address, a version or a publisher follows from what stands after the prefix, or that says more than the model's name. */
  forModel?(text: string): ForModel
  /** Base URL when the settings name none; null = must be given. */
  readonly defaultBaseUrl: string | null
  /** The same where it follows from its own parameters (a region, a project); null: they do not say. Wins over `defaultBaseUrl`. */
  addressOf?(place: Readonly<Record<string, string>>): string | null
  /** What an address costs beyond the listed prices, in percent. Prices that an administrator sets are what they are. */
  surchargePercent?(upstreamModel: string, baseUrl: string): number
  /** Environment variable that holds its key by convention; null = none. */
  readonly keyVariable: string | null
  /** Further names by convention, in order; one of them takes the first one's place where only it is set. */
  readonly otherKeyVariables?: readonly string[]
  readonly needsKey: boolean
  /** How the key becomes headers. Also adds fixed ones (`anthropic-version`). */
  headers(secret: string | null): Readonly<Record<string, string>>
  /** Absent: `headers` is all there is. Present: without a key, this proves who pays. */
  readonly authorizer?: AuthorizerId
  /** First segments of paths that lead to the vendor's own API, whatever follows them (`/anthropic/…`). */
  readonly passPrefixes?: readonly string[]
  /** Behind those prefixes, what no surface of ours has for the vendor's clients. */
  readonly passages?: Passages
  /** Free listing of the vendor's models, or null. */
  readonly modelList: { readonly path: string; read(body: unknown): readonly string[] } | null
  readonly settings: readonly SettingField[]
  readonly quirks: Quirks
  readonly abortedCalls: AbortedCallRule
  /** Instead of the quirks and wires above when the deployment is at another origin than `defaultBaseUrl`: someone else's server with the same dialect. */
  readonly elsewhere?: Pick<Provider, 'quirks'> & Partial<Pick<Provider, 'wires'>>
  /** Instead of the wires above where a deployment says `mode: responses`: a model, or a server of this dialect, that speaks nothing else. */
  readonly responsesMode?: Pick<Provider, 'wires' | 'newer'>
  /** Beginnings of names of models that the vendor gives away, where its price data says nothing of them. */
  readonly freeModels?: readonly string[]
  /** Id of the vendor in the price data; null = priced only by override (or free when local). */
  readonly priceVendor: string | null
  /** Documentation page and the date it was read. */
  readonly documentation: { readonly url: string; readonly checked: string }
  /** What it is sent is held against the vendor's own documented example (test/fixtures/providers). Left out: listed, not verified. */
  readonly verified?: boolean
  /** Many look for it: shown before the alphabet begins. */
  readonly common?: boolean
}

/** A vendor's own paths whose meaning is known. */
export interface Passages {
  /** Whose words errors are in. */
  readonly surface: SurfaceId
  /**
   * What its clients write before the paths below, each standing for the deployment's base URL. A first segment like `v1` is the API's version; `{name}` is
   * one of `ownParams`, and only the deployment's own value is accepted. Absent: nothing, and a path stands beside or below the base URL by its first segment.
   */
  readonly bases?: readonly string[]
  readonly paths: readonly Passage[]
}
export interface Passage {
  /** `{model}` is the vendor's own name of it; `{model*}` may hold slashes and colons, encoded. */
  readonly path: string
  /** What its bodies are; null: only the vendor knows, and the path says whose model is meant. */
  readonly wire: WireId | null
  /** The path says whether the answer is a stream. Absent: the body does. */
  readonly streams?: boolean
  /** The word in the query that asks for a stream as events. Who does not say it gets one JSON array, made of the events all the same. */
  readonly framedBy?: { readonly name: string; readonly value: string }
  /** Its clients say nothing better of their JSON than `application/octet-stream`. */
  readonly untyped?: true
  /** Headers that belong to what the body says. */
  readonly forwards?: readonly string[]
}

export interface ForModel extends Partial<Pick<Provider, 'wires' | 'newer' | 'streamPaths' | 'quirks' | 'priceVendor'>> {
  /** The vendor's own name of it, where the text says more. */
  readonly name?: string
  /** The provider's own parameters that the text holds. */
  readonly place?: Readonly<Record<string, string>>
  /** Its name in price lists, where that is another one. */
  readonly pricedAs?: string
  /** Its name in resources/models.json, where that is another one. */
  readonly listedAs?: string
  /** Whose model it is there, where its prices are another's. */
  readonly listedVendor?: string
}

/** Dated limits of a model (resources/models.json), with 4,096 output tokens where nothing is known. */
export interface ModelFacts {
  readonly contextTokensMax: number | null
  readonly outputTokensMax: number
  /** Nothing is known of it: the number stands in, and holds where a request can be capped at it. */
  readonly outputTokensAssumed?: true
  /** Most tokens one image can cost; null = images are not bounded. */
  readonly imageTokensMax: number | null
  readonly fileTokensMax: number | null
  readonly capabilities: readonly string[]
}

export interface Deployment {
  readonly id: DeploymentId
  /** Public model name; deployments that share it form one group. */
  readonly modelName: string
  readonly provider: Provider
  /** The vendor's own model name. */
  readonly upstreamModel: string
  /** Scheme, host, port and base path, without a trailing slash. The only place this deployment may be dialled. */
  readonly baseUrl: string
  readonly credential: CredentialRef | null
  /** The named credential it says (`litellm_credential_name`). */
  readonly credentialName?: string
  /** Further secrets, by the name of the provider's own parameter. */
  readonly secrets: Readonly<Record<string, CredentialRef>>
  /** Its own parameters that are no secrets: `api_version`, a region, a project. */
  readonly place: Readonly<Record<string, string>>
  readonly weight: number
  readonly timeoutMs: number | null
  readonly streamTimeoutMs: number | null
  readonly dropParams: boolean
  /** Its address and credential serve calls by the vendor's own paths (`use_in_pass_through`). */
  readonly passesThrough?: true
  /** Of a path of the administrator's own: called at its address as it is, at one price for each call; its settings are the query's defaults. */
  readonly ownPath?: true
  /** The client certificate this server is shown, by its name in the network settings. */
  readonly certificate?: string
  /** Extra request headers from `extra_headers`. */
  readonly extraHeaders: Readonly<Record<string, string>>
  /** Defaults for request fields and engine settings (num_ctx, temperature …). */
  readonly settings: JsonObject
  readonly price: PriceCard | null
  readonly facts: ModelFacts
  /** file: read-only, from --config · ledger: made through API or panel. */
  readonly origin: 'file' | 'ledger'
  readonly modelInfo: JsonObject
}

export interface ModelGroup {
  readonly name: string
  readonly deployments: NonEmpty<Deployment>
  /** Names of groups to try when this one has failed, in order. */
  readonly fallbacks: readonly string[]
}

/** Every deployment the gateway knows now. In memory; rebuilt when configuration changes. */
export interface Catalog {
  /** Resolves an alias, and a name that a pattern stands for: its deployments have the pattern's ids and the concrete model's everything else. */
  find(model: string): ModelGroup | null
  /** Public names, aliases included, each once, sorted. */
  names(): readonly string[]
  /** Names with `*`, each standing for many, the most specific first. `names` has none of them. */
  patterns(): readonly string[]
  deployments(): readonly Deployment[]
  readonly retries: number
}
