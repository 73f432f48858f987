// A packed reply that becomes much more than it is, already there when it is read.
// Promises: its reader gets about a mebibyte of it before it is known as a bomb. Leaves alone: which encodings are refused (hostile-replies.test.ts).

import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { defaultLimits } from '../../../gateway/config.ts'
import { openBody } from '../../../gateway/egress/reply-body.ts'
import { order } from './ask.ts'

const mib = 1024 * 1024
/** Room for what was unpacked before its reader was served. */
const readMost = mib + 128 * 1024

it('a bomb ends after a mebibyte, however much of it has arrived', async () => {
  const member = gzipSync(Buffer.alloc(16 * mib))
  const body = Readable.from([Buffer.concat(Array.from({ length: 16 }, () => member))])
  let read = 0
  const reading = (async () => {
    const raw = { status: 200, headers: { 'content-encoding': 'gzip' }, body, abort: () => undefined }
    for await (const piece of openBody(raw, order('http://127.0.0.1/', { bodyBytesMax: 256 * mib }), defaultLimits)) read += piece.length
  })()
  await expect(reading).rejects.toMatchObject({ code: 'upstream_protocol' })
  expect(read).toBeLessThan(readMost)
})
