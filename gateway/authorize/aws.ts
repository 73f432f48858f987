// AWS's way: a signature over the whole request, with keys that were given or that the computer's own AWS files hold.
// Promises: a named profile wins over keys, as at LiteLLM; keys nobody named for this address go to AWS alone.
// Leaves alone: API keys of Bedrock (a key in a header); roles, web identity and the metadata service, which are not asked.
// Source: https://docs.litellm.ai/docs/providers/bedrock, as known 2026-11-21.

import type { Authorizer } from '../contract/authorize.ts'
import type { Clock } from '../contract/clock.ts'
import { refuse } from '../contract/errors.ts'
import { signAws, type AwsCredentials } from './aws-signature.ts'

export interface AwsTools {
  /** Of the shared files; the default one without a name. null: there is none. @throws GatewayError credential_missing, vault_unavailable */
  readonly readProfile: (name: string | null, title: string) => Promise<AwsCredentials | null>
  readonly clock: Pick<Clock, 'nowMs'>
}

const nothingGiven =
  'set aws_access_key_id and aws_secret_access_key, aws_profile_name, or an API key of Bedrock; roles are not assumed, and the metadata service is not asked'

export function createAws({ readProfile, clock }: AwsTools): Authorizer {
  return async ({ title, baseUrl, secrets, place }) => {
    const missing = (reason: string): Error => refuse('credential_missing', { provider: title, reason })
    const region = place['aws_region_name'] ?? regionIn(baseUrl)
    if (region === undefined) throw missing('aws_region_name is not set')
    const profile = place['aws_profile_name'] ?? null
    const given = profile === null ? readKeys(secrets) : null
    const found = given ?? (profile !== null || isAws(baseUrl) ? await readProfile(profile, title) : null)
    if (found === null) throw missing(profile === null ? nothingGiven : `there is no profile ${profile} in the AWS files`)
    return {
      headers: ({ method, url, headers, body }) => {
        const { origin } = new URL(url)
        const request = { method, origin, path: url.slice(origin.length), headers: toSign(headers), body: body ?? new Uint8Array(), atMs: clock.nowMs() }
        return signAws(request, found, { region, service: 'bedrock' })
      },
      secrets: [found.secretAccessKey, found.accessKeyId, ...(found.sessionToken === undefined ? [] : [found.sessionToken])],
    }
  }

  function readKeys(secrets: Readonly<Record<string, string>>): AwsCredentials | null {
    const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey, aws_session_token: sessionToken } = secrets
    if (accessKeyId === undefined || secretAccessKey === undefined) return null
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
  }
}

/** AWS wants its own headers signed; others may be added on the way by whoever has to. */
function toSign(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() === 'content-type' || name.toLowerCase().startsWith('x-amz-')))
}

const isAws = (baseUrl: string): boolean => /\.amazonaws\.(?:com|com\.cn|eu)$/.test(new URL(baseUrl).hostname)
const regionIn = (baseUrl: string): string | undefined =>
  /\.((?:[a-z]{2}|eusc)(?:-[a-z]+)+-\d)\.(?:vpce\.)?amazonaws\.(?:com|com\.cn|eu)$/.exec(new URL(baseUrl).hostname)?.[1]
