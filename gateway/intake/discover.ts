// Finds out what an endpoint serves: the free model list of one provider, and the local engines of this computer.
// Promises: only free listings, through the one egress, each bounded in time; a port that answers oddly is called `other`, never added.
// Leaves alone: saving anything.

import type { Limits } from '../contract/config.ts'
import type { Egress } from '../contract/egress.ts'
import { refuse } from '../contract/errors.ts'
import type { PanelEngine } from '../contract/panel-engine.ts'
import type { Provider } from '../contract/provider.ts'
import type { Secret } from '../contract/sealed.ts'
import type { CredentialRef } from '../contract/vault.ts'

export interface DiscoverTools {
  readonly egress: Egress
  readonly readSecret: (ref: CredentialRef) => Promise<Secret | null>
  readonly providers: readonly Provider[]
  readonly limits: Pick<Limits, 'probeTimeoutMs' | 'engineProbeTimeoutMs' | 'modelListBytesMax'>
}
export interface ListQuery {
  readonly provider: Provider
  readonly baseUrl: string
  readonly credential: CredentialRef | null
  readonly secret: Secret | null
  readonly gone: AbortSignal
}
export interface Discover {
  /** @throws GatewayError upstream_*, egress_refused, credential_missing, invalid_request */
  listModels(query: ListQuery): Promise<readonly string[]>
  engines(gone: AbortSignal): Promise<readonly PanelEngine[]>
}

export function createDiscover(tools: DiscoverTools): Discover {
  return {
    async listModels(query) {
      const { provider } = query
      if (provider.modelList === null) throw refuse('invalid_request', { reason: `${provider.title} publishes no list of its models.` })
      const secret = await secretFor(query, tools)
      const reply = await get(query, { path: provider.modelList.path, headers: provider.headers(secret), timeoutMs: tools.limits.probeTimeoutMs }, tools)
      if (reply.status === 401 || reply.status === 403) throw refuse('upstream_credential', { provider: provider.title })
      if (reply.status !== 200) throw refuse('upstream_rejected', { reason: `${provider.title} answered the model list with status ${reply.status}.` })
      return provider.modelList.read(parse(reply.text, provider.title))
    },
    async engines(gone) {
      const local = tools.providers.filter((provider) => provider.local && provider.defaultBaseUrl !== null && provider.modelList !== null)
      const found = await Promise.all(local.map((provider) => probe(provider, gone, tools)))
      return firstPerAddress(found)
    },
  }
}

async function secretFor(query: ListQuery, tools: DiscoverTools): Promise<string | null> {
  if (query.secret !== null) return query.secret.open()
  if (query.credential === null) return null
  const found = await tools.readSecret(query.credential)
  if (found === null) throw refuse('credential_missing', { provider: query.provider.title, reason: `${query.credential} is not set` })
  return found.open()
}

async function probe(provider: Provider, gone: AbortSignal, tools: DiscoverTools): Promise<PanelEngine> {
  const baseUrl = provider.defaultBaseUrl ?? ''
  const engine = (state: PanelEngine['state'], models: readonly string[] = []): PanelEngine => ({
    providerId: provider.id,
    title: provider.title,
    baseUrl,
    state,
    models,
  })
  try {
    const reply = await get(
      { provider, baseUrl, gone },
      { path: provider.modelList?.path ?? '', headers: provider.headers(null), timeoutMs: tools.limits.engineProbeTimeoutMs },
      tools,
    )
    if (reply.status === 401 || reply.status === 403) return engine('needs-key')
    if (reply.status !== 200) return engine('other')
    return engine('found', provider.modelList?.read(parse(reply.text, provider.title)) ?? [])
  } catch {
    // Nothing there, or something that is not this engine: both are ordinary answers to a probe.
    return engine('none')
  }
}

/** Several engines share a default port; the one that is understood first is shown. */
function firstPerAddress(engines: readonly PanelEngine[]): readonly PanelEngine[] {
  const kept = new Map<string, PanelEngine>()
  for (const engine of engines) {
    const key = new URL(engine.baseUrl).host
    const known = kept.get(key)
    if (known === undefined || (known.state !== 'found' && engine.state === 'found')) kept.set(key, engine)
  }
  return [...kept.values()]
}

async function get(
  target: { readonly provider: Provider; readonly baseUrl: string; readonly gone: AbortSignal },
  ask: { readonly path: string; readonly headers: Readonly<Record<string, string>>; readonly timeoutMs: number },
  tools: DiscoverTools,
): Promise<{ status: number; text: string }> {
  const signal = AbortSignal.any([target.gone, AbortSignal.timeout(ask.timeoutMs)])
  const reply = await tools.egress.send({
    title: target.provider.title,
    baseUrl: target.baseUrl,
    path: ask.path,
    method: 'GET',
    headers: ask.headers,
    body: null,
    signal,
    headersTimeoutMs: ask.timeoutMs,
    idleTimeoutMs: ask.timeoutMs,
    bodyBytesMax: tools.limits.modelListBytesMax,
  })
  const pieces: Uint8Array[] = []
  for await (const piece of reply.body) pieces.push(piece)
  return { status: reply.status, text: Buffer.concat(pieces).toString('utf8') }
}

function parse(text: string, provider: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refuse('upstream_protocol', { provider, reason: 'its model list is not JSON' }, {}, error)
  }
}
