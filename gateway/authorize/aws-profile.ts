// A profile in the files that AWS's own tools share: `~/.aws/credentials` and `~/.aws/config`.
// Promises: read at the moment of use, so keys that another tool renews count at once; a profile that has no keys says what it has instead.
// Leaves alone: opening files (vault); signing in, assuming roles, running programs.
// Source: https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html, as known 2026-11-21.

import { refuse } from '../contract/errors.ts'
import type { Secret } from '../contract/sealed.ts'
import { credentialFilePrefix, type CredentialRef } from '../contract/vault.ts'
import type { AwsTools } from './aws.ts'

export interface AwsProfileTools {
  readonly readSecret: (ref: CredentialRef) => Promise<Secret | null>
  readonly readVariable: (name: string) => string | undefined
}

export function createAwsProfiles({ readSecret, readVariable }: AwsProfileTools): AwsTools['readProfile'] {
  const read = async (variable: string, usual: string): Promise<string> =>
    (await readSecret(`${credentialFilePrefix}${readVariable(variable) ?? usual}`))?.open() ?? ''
  return async (named, provider) => {
    const name = named ?? readVariable('AWS_PROFILE') ?? 'default'
    const [credentials, config] = await Promise.all([read('AWS_SHARED_CREDENTIALS_FILE', '~/.aws/credentials'), read('AWS_CONFIG_FILE', '~/.aws/config')])
    // In the second file every profile but the default one is called `profile …`. The first file's word counts.
    const fields = { ...readSection(config, name === 'default' ? name : `profile ${name}`), ...readSection(credentials, name) }
    const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey, aws_session_token: sessionToken } = fields
    if (accessKeyId !== undefined && secretAccessKey !== undefined)
      return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
    const [other] = otherWays.filter((field) => fields[field] !== undefined)
    if (other === undefined) return null
    throw refuse('credential_missing', { provider, reason: `the profile ${name} has ${other} in place of keys, which is not supported` })
  }
}

const otherWays = ['sso_session', 'sso_start_url', 'role_arn', 'credential_process', 'web_identity_token_file', 'login_session'] as const

/** The values of one `[section]`; comments begin with `#` or `;`. */
function readSection(text: string, wanted: string): Readonly<Partial<Record<string, string>>> {
  const fields: Record<string, string> = {}
  let inside = false
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)?.[1]
    if (section !== undefined) inside = section.replace(/\s+/g, ' ') === wanted
    const [, name, value] = /^([a-z_]+)\s*=\s*(.*?)\s*(?:\s[#;].*)?$/i.exec(line) ?? []
    if (inside && name !== undefined && value !== undefined && value !== '') fields[name.toLowerCase()] = value
  }
  return fields
}
