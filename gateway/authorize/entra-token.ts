// What is posted to Microsoft Entra for an application's own token: the client-credentials grant with a client secret.
// Promises: a tenant is one path segment, so it cannot lead elsewhere. Leaves alone: sending (fetch-token), keeping (token-cache), certificates.
// Source: "Microsoft identity platform and the OAuth 2.0 client credentials flow" (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow)
// and Azure OpenAI's scope (https://learn.microsoft.com/azure/ai-services/openai/how-to/managed-identity), as known 2026-11-21.

import { refuse } from '../contract/errors.ts'
import type { TokenAsk } from './token.ts'

export interface EntraApplication {
  readonly provider: string
  /** A directory's id, or one of its domain names. */
  readonly tenant: string
  readonly clientId: string
  readonly clientSecret: string
  /** null: Azure's AI services. */
  readonly scope: string | null
  /** The deployment's own, for sovereign clouds; null: the public cloud's. */
  readonly tokenUrl: string | null
}

const aiScope = 'https://cognitiveservices.azure.com/.default'
const tenantForm = /^[A-Za-z0-9][A-Za-z0-9.-]{0,252}$/

/** @throws GatewayError credential_missing */
export function toEntraAsk(application: EntraApplication): TokenAsk {
  const { provider, tenant, clientId, clientSecret, scope, tokenUrl } = application
  if (!tenantForm.test(tenant)) throw refuse('credential_missing', { provider, reason: 'its tenant_id is neither an id nor a domain name' })
  return {
    provider,
    url: tokenUrl ?? `https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token`,
    form: { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret, scope: scope ?? aiScope },
    secrets: [clientSecret],
  }
}
