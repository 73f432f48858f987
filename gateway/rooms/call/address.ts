// Where below a deployment's base URL, or beside it, a vendor's own path is.
// Promises: the origin is the deployment's, always. Leaves alone: paths of wires that the provider names itself (exchange.ts).

import type { Deployment } from '../../contract/provider.ts'
import type { AskedPath } from '../../contract/request.ts'

export interface Address {
  readonly baseUrl: string
  readonly path: string
}

export function addressFor(deployment: Deployment, { path, base }: Pick<AskedPath, 'path' | 'base'>): Address {
  if (deployment.ownPath === true) return ownAddress(deployment, path)
  const { baseUrl } = deployment
  return base === undefined ? besides(baseUrl, path) : { baseUrl: base.version === null ? baseUrl : withVersion(baseUrl, base.version), path }
}

/** `…/v1/projects/…` as `…/v1beta1/projects/…`; a base URL of somebody else's form has no version of the vendor's in it. */
function withVersion(baseUrl: string, version: string): string {
  const { origin, pathname } = new URL(baseUrl)
  return pathname === '/' ? baseUrl : origin + pathname.replace(/^\/v\d\w*(?=\/|$)/, () => `/${version}`)
}

/** `/v1/threads` and `/threads` are the same below `…/v1`; another part or version of the vendor's API stands beside it, on the same origin. */
function besides(baseUrl: string, path: string): Address {
  const { origin, pathname } = new URL(baseUrl)
  const base = pathname === '/' ? '' : pathname
  if (base === '' || path === base || path.startsWith(`${base}/`) || path.startsWith(`${base}?`)) return { baseUrl: origin, path }
  const versions = /^\/v\d/.test(base) && /^\/v\d/.test(path)
  return versions || firstOf(path) === firstOf(base) ? { baseUrl: origin, path } : { baseUrl, path }
}

const firstOf = (path: string): string => /^\/[^/?]*/.exec(path)?.[0] ?? ''

/** Below the target as it is; the entry's query stands where the caller's does not say the same. */
function ownAddress({ baseUrl, settings }: Deployment, path: string): Address {
  const [below = '', said = ''] = path.split('?', 2)
  const query = new URLSearchParams(said)
  for (const [name, text] of Object.entries(settings)) if (typeof text === 'string' && !query.has(name)) query.set(name, text)
  const whole = `${new URL(baseUrl).pathname === '/' && below === '' ? '/' : below}${query.size === 0 ? '' : `?${query.toString()}`}`
  return { baseUrl, path: whole }
}
