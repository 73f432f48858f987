// The authorizers' part of the composition root: each way of proving who pays, with its tools.
// Promises: one cache of tokens for all of them; tokens are fetched through the same egress as everything else. Leaves alone: which vendor wants which.

import { createAws } from './authorize/aws.ts'
import { createAwsProfiles } from './authorize/aws-profile.ts'
import { createEntra } from './authorize/entra.ts'
import { createFetchToken } from './authorize/fetch-token.ts'
import { createGoogle } from './authorize/google.ts'
import { createAuthorize } from './authorize/index.ts'
import { authorizeOwnHeaders } from './authorize/own-headers.ts'
import { createTokenCache } from './authorize/token-cache.ts'
import type { Authorize } from './contract/authorize.ts'
import type { Clock } from './contract/clock.ts'
import type { Limits } from './contract/config.ts'
import type { Egress } from './contract/egress.ts'
import type { VaultPort } from './contract/vault.ts'

export interface AuthorizeParts {
  readonly readSecret: VaultPort['read']
  readonly readVariable: (name: string) => string | undefined
  readonly egress: Egress
  readonly clock: Clock
  readonly limits: Limits
}

export interface AuthorizeHolder {
  readonly authorize: Authorize
  /** A secret was changed: what was fetched with any is fetched again. */
  forget(): void
}

export function buildAuthorize(parts: AuthorizeParts): AuthorizeHolder {
  const tokens = createTokenCache(parts)
  const tools = { ...parts, tokens, fetchToken: createFetchToken(parts) }
  const aws = createAws({ readProfile: createAwsProfiles(parts), clock: parts.clock })
  const authorizers = { aws, google: createGoogle(tools), entra: createEntra(tools), 'own-headers': authorizeOwnHeaders }
  return { authorize: createAuthorize({ readSecret: parts.readSecret, authorizers }), forget: tokens.forget }
}
