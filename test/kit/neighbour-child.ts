// Runs in a neighbour's network namespace: does what it is told over the cable, one order after the other.
// Promises: prints one line of JSON, an answer for each order; what went wrong is an answer, too, by its code. Leaves alone: judging.

import { once } from 'node:events'
import { request } from 'node:https'
import { connect } from 'node:net'
import { checkServerIdentity, connect as connectSecurely, type PeerCertificate, type TLSSocket } from 'node:tls'
import OpenAI from 'openai'

export interface Where {
  readonly host: string
  readonly port: number
}
export type NeighbourOrder =
  | (Where & { readonly kind: 'reach' | 'plain' | 'renegotiate' | 'certificate' })
  | (Where & { readonly kind: 'old-tls' })
  | (Where & { readonly kind: 'crowd'; readonly count: number })
  | (Where & {
      readonly kind: 'ask'
      readonly path: string
      readonly method?: string
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      /** PEM to trust; absent: whom everybody trusts. */
      readonly trust?: string
      /** To show: certificate and key, PEM. */
      readonly own?: { readonly certificate: string; readonly key: string }
    })
  /** By OpenAI's client, streamed; whom it trusts is in its environment. */
  | (Where & { readonly kind: 'chat'; readonly key: string; readonly model: string })
export interface NeighbourHeard {
  /** `open`, `refused`, a status, or what went wrong. */
  readonly result: string
  readonly text: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
}

const heard = (result: string, text = '', headers: NeighbourHeard['headers'] = {}): NeighbourHeard => ({ result, text, headers })
const patienceMs = 10_000

async function follow(order: NeighbourOrder): Promise<NeighbourHeard> {
  const { host, port } = order
  if (order.kind === 'reach') return await opened(connect(port, host))
  if (order.kind === 'plain') return await sendPlain(order)
  if (order.kind === 'ask') return await ask(order)
  if (order.kind === 'chat') return await chat(order)
  if (order.kind === 'crowd') return await crowd(order)
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
  const socket = connectSecurely({
    host,
    port,
    rejectUnauthorized: false,
    ...(order.kind === 'old-tls' ? old : order.kind === 'renegotiate' ? { maxVersion: 'TLSv1.2' } : {}),
  })
  await once(socket, 'secureConnect')
  if (order.kind === 'renegotiate') return await renegotiate(socket)
  const found = socket.getPeerX509Certificate()
  const protocol = socket.getProtocol()
  socket.destroy()
  return heard(protocol ?? 'none', `${found?.serialNumber ?? ''} ${found?.subjectAltName ?? ''} until ${found?.validTo ?? ''}`)
}

async function opened(socket: ReturnType<typeof connect>): Promise<NeighbourHeard> {
  socket.setTimeout(patienceMs, () => socket.destroy(new Error('silence')))
  await once(socket, 'connect')
  socket.destroy()
  return heard('open')
}

async function sendPlain({ host, port }: Where): Promise<NeighbourHeard> {
  const socket = connect(port, host)
  socket.write(`GET /v1/models HTTP/1.1\r\nhost: ${host}:${String(port)}\r\n\r\n`)
  let text = ''
  socket.on('data', (piece) => (text += piece.toString('latin1')))
  await once(socket, 'close')
  return heard('closed', text)
}

async function renegotiate(socket: TLSSocket): Promise<NeighbourHeard> {
  const result = await new Promise<string>((done) => {
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? error.message))
    socket.on('close', () => done('closed'))
    socket.renegotiate({}, (error) => done(error === null ? 'renegotiated' : 'refused'))
  })
  socket.destroy()
  return heard(result)
}

/** So many connections at once; how many are still there when one of them has been answered. */
async function crowd({ host, port, count }: Where & { readonly count: number }): Promise<NeighbourHeard> {
  const sockets = Array.from({ length: count }, () => connectSecurely({ host, port, rejectUnauthorized: false }))
  const secured = await Promise.all(
    sockets.map(
      async (socket) =>
        await new Promise<boolean>((done) => {
          socket.on('secureConnect', () => done(true))
          socket.on('error', () => done(false))
          socket.on('close', () => done(false))
        }),
    ),
  )
  for (const socket of sockets) socket.destroy()
  return heard(String(secured.filter(Boolean).length))
}

async function ask(order: Extract<NeighbourOrder, { kind: 'ask' }>): Promise<NeighbourHeard> {
  return await new Promise((done, fail) => {
    const { host, port, path, method = 'GET', headers = {}, body, trust, own } = order
    // Node would hold the certificate against the Host header, which may be a lie here.
    const named = { checkServerIdentity: (_name: string, found: PeerCertificate) => checkServerIdentity(host, found) }
    const sent = request(
      {
        host,
        port,
        path,
        method,
        headers,
        agent: false,
        ...named,
        ...(trust === undefined ? {} : { ca: trust }),
        ...(own === undefined ? {} : { cert: own.certificate, key: own.key }),
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece: string) => (text += piece))
        response.on('end', () => done(heard(String(response.statusCode), text, response.headers)))
      },
    )
    sent.on('error', fail)
    sent.end(body)
  })
}

async function chat({ host, port, key, model }: Extract<NeighbourOrder, { kind: 'chat' }>): Promise<NeighbourHeard> {
  const client = new OpenAI({ baseURL: `https://${host}:${String(port)}/v1`, apiKey: key, maxRetries: 0 })
  const { data: stream, response } = await client.chat.completions.create({ model, stream: true, messages: [{ role: 'user', content: 'hi' }] }).withResponse()
  let text = ''
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
  return heard(String(response.status), text, { 'x-request-id': response.headers.get('x-request-id') ?? '' })
}

const orders = JSON.parse(process.argv[2] ?? '[]') as readonly NeighbourOrder[]
const answers: NeighbourHeard[] = []
for (const order of orders) {
  answers.push(await follow(order).catch((error: unknown) => heard(error instanceof Error && 'code' in error ? String(error.code) : String(error))))
}
process.stdout.write(`${JSON.stringify(answers)}\n`)
process.exit(0)
