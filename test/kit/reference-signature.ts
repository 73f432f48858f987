// What AWS's own signer makes of a request: the independent reference for our signatures, and the doorman of a fake Bedrock.
// Promises: the same request in, the authorization header of @smithy/signature-v4 out. Leaves alone: which headers ought to be signed.

import { Hash } from '@smithy/hash-node'
import { SignatureV4 } from '@smithy/signature-v4'
import type { AwsCredentials, AwsScope, UnsignedRequest } from '../../gateway/authorize/aws-signature.ts'

export async function signByReference(request: UnsignedRequest, credentials: AwsCredentials, scope: AwsScope): Promise<Readonly<Record<string, string>>> {
  const signer = new SignatureV4({ ...scope, credentials, sha256: Hash.bind(null, 'sha256'), applyChecksum: false })
  const { protocol, hostname, port, host } = new URL(request.origin)
  const cut = request.path.indexOf('?')
  const signed = await signer.sign(
    {
      method: request.method,
      protocol,
      hostname,
      ...(port === '' ? {} : { port: Number(port) }),
      path: cut < 0 ? request.path : request.path.slice(0, cut),
      query: cut < 0 ? {} : readQuery(request.path.slice(cut + 1)),
      headers: { ...request.headers, host },
      body: request.body,
    },
    { signingDate: new Date(request.atMs) },
  )
  return signed.headers
}

function readQuery(text: string): Record<string, string[]> {
  const query = new Map<string, string[]>()
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const [name = '', value = ''] = pair.split('=').map(decodeURIComponent)
    query.set(name, [...(query.get(name) ?? []), value])
  }
  return Object.fromEntries(query)
}
