// A door of Amazon Bedrock: lets in what is signed right, and hands it to a mock that speaks Bedrock's formats.
// Promises: every signature is made anew by AWS's own signer over what arrived; events of InvokeModel are wrapped as Bedrock wraps them, and its last
// count is the true one (bedrock-corrections.ts). Leaves alone: what else is answered (the mock, or a reply a test has set).

import { createServer, request as dial, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AwsCredentials } from '../../gateway/authorize/aws-signature.ts'
import { createLastCount, wrapChunk } from './bedrock-corrections.ts'
import { createEvents } from './rewriters.ts'
import { signByReference } from './reference-signature.ts'

export interface BedrockVisit {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}
export interface SetReply {
  readonly status: number
  readonly type?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}
export interface BedrockDoor {
  readonly origin: string
  readonly visits: readonly BedrockVisit[]
  /** Answers the next request that is let in. */
  answerNext(reply: SetReply): void
  close(): Promise<void>
}
export interface DoorOptions {
  readonly credentials: AwsCredentials
  /** An API key of Bedrock that is let in as well. */
  readonly bearer: string
  readonly region: string
  readonly mockUrl: string
}

export async function startBedrockDoor(options: DoorOptions): Promise<BedrockDoor> {
  const visits: BedrockVisit[] = []
  const replies: SetReply[] = []
  const server = createServer((message, response) => {
    void collect(message).then(async (body) => {
      const text = body.toString('utf8')
      visits.push({ path: message.url ?? '', headers: message.headers, text, json: JSON.parse(text) as Record<string, unknown> })
      const refused = await refusal(message, body, options)
      const reply = refused ?? replies.shift()
      if (reply === undefined) forward(message, response, { body, mockUrl: options.mockUrl })
      else response.writeHead(reply.status, { 'content-type': reply.type ?? 'application/json', ...reply.headers }).end(reply.body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visits,
    answerNext: (reply) => void replies.push(reply),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function collect(message: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = []
  for await (const piece of message) pieces.push(piece as Buffer)
  return Buffer.concat(pieces)
}

async function refusal(message: IncomingMessage, body: Uint8Array, { credentials, bearer, region }: DoorOptions): Promise<SetReply | undefined> {
  const { authorization = '', host = '', 'x-amz-date': date = '' } = message.headers
  if (authorization === `Bearer ${bearer}`) return undefined
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? []
  const given = names.filter((name) => !['host', 'x-amz-date', 'x-amz-security-token'].includes(name))
  const headers = Object.fromEntries(given.map((name) => [name, String(message.headers[name])]))
  const atMs = Date.parse(String(date).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  const late = Number.isNaN(atMs) || Math.abs(Date.now() - atMs) > 300_000
  const request = { method: message.method ?? '', origin: `http://${host}`, path: message.url ?? '', headers, body, atMs: late ? 0 : atMs }
  const expected = await signByReference(request, credentials, { region, service: 'bedrock' })
  const right = !late && expected['authorization'] === authorization && expected['x-amz-security-token'] === message.headers['x-amz-security-token']
  if (right) return undefined
  const said = 'The request signature we calculated does not match the signature you provided.'
  return { status: 403, headers: { 'x-amzn-errortype': 'InvalidSignatureException' }, body: JSON.stringify({ message: said }) }
}

function forward(message: IncomingMessage, response: ServerResponse, { body, mockUrl }: { readonly body: Uint8Array; readonly mockUrl: string }): void {
  const { host: _host, ...headers } = message.headers
  const upstream = dial(`${mockUrl}${message.url ?? ''}`, { method: 'POST', headers }, (reply) => {
    const wraps = (message.url ?? '').endsWith('/invoke-with-response-stream') && reply.statusCode === 200
    response.writeHead(reply.statusCode ?? 0, { 'content-type': reply.headers['content-type'] ?? '' })
    if (!wraps) return void reply.pipe(response)
    const withCount = createLastCount()
    const wrapped = createEvents(({ payload }) => [wrapChunk(withCount(payload))])
    reply.on('data', (piece: Buffer) => void response.write(wrapped.push(piece).bytes))
    reply.on('end', () => void response.end())
  })
  upstream.on('error', () => response.destroy())
  response.on('close', () => upstream.destroy())
  upstream.end(body)
}
