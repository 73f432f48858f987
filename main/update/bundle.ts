// The one file that an update comes in: a mark, the length of its list of contents, the list (JSON), its Ed25519 signature, then the files' bytes in a row.
// Promises: nothing is parsed before the signature is right, and nothing may follow the last file. Reads and checks the very handle that is staged from later.
// Leaves alone: the files' own checksums (stage.ts), whether the update fits (judge.ts). Written by scripts/sign-update.mjs.

import { createPublicKey, verify, type KeyObject } from 'node:crypto'
import { open, type FileHandle } from 'node:fs/promises'
import { bundleBytesMax, manifestBytesMax } from './limits.ts'
import { parseManifest, type Manifest } from './manifest.ts'
import { UpdateRefusal } from './refusal.ts'

const mark = Buffer.from('tollgate-update-1\n')
const lengthBytes = 4
const signatureBytes = 64

export interface Bundle {
  readonly manifest: Manifest
  readonly handle: FileHandle
  /** Where the first file's bytes begin. */
  readonly payloadOffset: number
  close(): Promise<void>
}

/** @param publicKey PEM; null when this installation has none. @throws UpdateRefusal */
export async function openBundle(file: string, publicKey: string | null): Promise<Bundle> {
  const key = parseKey(publicKey)
  const handle = await open(file, 'r')
  try {
    const { text, payloadOffset, bytes } = await readSigned(handle, key)
    const manifest = parseManifest(text)
    const promised = payloadOffset + manifest.files.reduce((sum, entry) => sum + entry.bytes, 0)
    if (bytes < promised) throw new UpdateRefusal('This update file is not complete. Copy or download it again.')
    if (bytes > promised) throw new UpdateRefusal('This update file holds more than it lists, so it was changed after it was made.')
    return { manifest, handle, payloadOffset, close: async () => await handle.close() }
  } catch (error) {
    await handle.close()
    throw error
  }
}

function parseKey(publicKey: string | null): KeyObject {
  if (publicKey === null)
    throw new UpdateRefusal('This copy of Tollgate has no key to check updates with, so it takes none from a file. Install the new version by hand.')
  const key = createPublicKey(publicKey)
  if (key.asymmetricKeyType !== 'ed25519') throw new UpdateRefusal('The key to check updates with is not an Ed25519 key.')
  return key
}

async function readSigned(handle: FileHandle, key: KeyObject): Promise<{ text: string; payloadOffset: number; bytes: number }> {
  const stat = await handle.stat()
  if (!stat.isFile()) throw new UpdateRefusal('This is not a file.')
  if (stat.size > bundleBytesMax) throw new UpdateRefusal('This file is larger than any update may be.')
  const head = await readExactly(handle, 0, mark.length + lengthBytes)
  if (!head.subarray(0, mark.length).equals(mark)) throw new UpdateRefusal('This is not an update file of Tollgate.')
  const length = head.readUInt32BE(mark.length)
  if (length > manifestBytesMax) throw new UpdateRefusal('This update file lists more than any update may hold.')
  const signed = await readExactly(handle, 0, head.length + length)
  const signature = await readExactly(handle, signed.length, signatureBytes)
  if (!verify(null, signed, key, signature))
    throw new UpdateRefusal('The signature of this update is wrong: it was not made by the publisher, or was changed since.')
  return { text: signed.toString('utf8', head.length), payloadOffset: signed.length + signatureBytes, bytes: stat.size }
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(length), position, length })
  if (bytesRead < length) throw new UpdateRefusal('This update file is not complete. Copy or download it again.')
  return buffer
}
