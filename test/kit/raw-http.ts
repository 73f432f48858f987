// Sends bytes as they are: for requests that no HTTP client would make.

import { connect } from 'node:net'

export interface RawAnswer {
  readonly status: number
  readonly body: string
}

/** Writes `text` to the port and reads until the other side closes or is silent. */
export async function sendRaw(origin: string, text: string | Uint8Array, silenceMs = 1500): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin)
  return await new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname)
    const pieces: Buffer[] = []
    const finish = (): void => {
      const answer = Buffer.concat(pieces).toString('utf8')
      socket.destroy()
      resolve({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0), body: answer.slice(answer.indexOf('\r\n\r\n') + 4) })
    }
    socket.setTimeout(silenceMs, finish)
    socket.on('data', (piece) => pieces.push(piece))
    socket.on('end', finish)
    socket.on('error', (error) => (pieces.length > 0 ? finish() : reject(error)))
    socket.write(text)
  })
}
