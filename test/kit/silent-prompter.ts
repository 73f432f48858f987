// Somebody who was asked to unlock a keyring and has left: takes the prompter's name on a session bus and never answers.
// Promises: resolves when the name is its own. Leaves alone: everything else of D-Bus.
// Source: the D-Bus Specification 0.43, "Authentication Protocol" and "Message Protocol" (as known 2026-11-21).

import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { userInfo } from 'node:os'

/** The name under which gnome-keyring looks for whoever shows its questions. */
const prompterName = 'org.gnome.keyring.SystemPrompter'

export async function startSilentPrompter(busAddress: string): Promise<{ close(): void }> {
  const socket = connect(toSocketPath(busAddress))
  await once(socket, 'connect')
  let heard = ''
  socket.on('data', (bytes: Buffer) => (heard += bytes.toString('latin1')))
  socket.write(`\0AUTH EXTERNAL ${Buffer.from(String(userInfo().uid)).toString('hex')}\r\n`)
  await waitFor(socket, () => heard.startsWith('OK '))
  socket.write('BEGIN\r\n')
  socket.write(toCall(1, 'Hello', null))
  socket.write(toCall(2, 'RequestName', prompterName))
  // The bus tells each owner which names it got.
  await waitFor(socket, () => heard.includes(prompterName))
  return { close: () => void socket.destroy() }
}

async function waitFor(socket: Socket, isThere: () => boolean): Promise<void> {
  while (!isThere()) await once(socket, 'data')
}

function toSocketPath(address: string): string {
  const [, kind = '', path = ''] = /unix:(path|abstract)=([^,;]+)/.exec(address) ?? []
  return kind === 'abstract' ? `\0${path}` : path
}

/** A method call to the bus itself, little-endian. */
function toCall(serial: number, member: string, name: string | null): Buffer {
  const doNotQueue = 4
  const body = name === null ? Buffer.alloc(0) : Buffer.concat([pad(toText(name), 4), toUint32(doNotQueue)])
  const fields = [
    toField(1, 'o', toText('/org/freedesktop/DBus')),
    toField(2, 's', toText('org.freedesktop.DBus')),
    toField(3, 's', toText(member)),
    toField(6, 's', toText('org.freedesktop.DBus')),
    ...(name === null ? [] : [toField(8, 'g', toSignature('su'))]),
  ]
  // Each field starts at a multiple of eight; the last one is as long as it is.
  const array = fields.reduce((all, field) => Buffer.concat([pad(all, 8), field]), Buffer.alloc(0))
  const fixed = Buffer.concat([Buffer.from([0x6c, 1, 0, 1]), toUint32(body.length), toUint32(serial), toUint32(array.length)])
  return Buffer.concat([pad(Buffer.concat([fixed, array]), 8), body])
}

const toField = (code: number, type: string, value: Buffer): Buffer => Buffer.concat([Buffer.from([code]), toSignature(type), value])
const toSignature = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(`${text}\0`)])
const toText = (text: string): Buffer => Buffer.concat([toUint32(Buffer.byteLength(text)), Buffer.from(`${text}\0`)])
function toUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}
const pad = (bytes: Buffer, multiple: number): Buffer => Buffer.concat([bytes, Buffer.alloc((multiple - (bytes.length % multiple)) % multiple)])
