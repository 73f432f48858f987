// Forms: found as another parser finds them, changed in one place only, and refused where two parsers could differ.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boundaryOf, editForm, scanForm, withoutBoundary, type FormPart } from '../../../gateway/kit/multipart.ts'
import { parseWithNode } from '../../kit/media-vendor.ts'

const limits = { partsMax: 10, headerBytesMax: 400 }
const scan = (text: string, boundary = 'b'): ReturnType<typeof scanForm> => scanForm(Buffer.from(text, 'latin1'), boundary, limits)
const part = (head: string, value: string): string => `--b\r\n${head}\r\n\r\n${value}\r\n`
const named = (name: string, value: string): string => part(`Content-Disposition: form-data; name="${name}"`, value)
const reasonOf = (text: string): string => {
  const found = scan(text)
  return found.kind === 'wrong' ? found.reason : 'accepted'
}

describe('a boundary', () => {
  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data;  charset=utf-8; BOUNDARY="a b"', null],
    ['multipart/form-data; boundary="a:b/c"; charset="utf-8"', 'a:b/c'],
    ['multipart/form-data;boundary=----WebKitFormBoundaryAaB;', '----WebKitFormBoundaryAaB'],
    ['multipart/form-data', null],
    ['multipart/form-data; boundary=', null],
    ['multipart/form-data; boundary=a; boundary=b', null],
    [`multipart/form-data; boundary=${'x'.repeat(71)}`, null],
    ['multipart/mixed; boundary=a', null],
    ['multipart/form-data; boundary=a, multipart/form-data; boundary=b', null],
  ])('of %j is %j', (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary)
  })
})

describe('a form', () => {
  it('has its parts where they are, empty ones and files included', () => {
    const text = `${named('a', '')}${part('content-type: text/x; y=z\r\nCONTENT-DISPOSITION: form-data; name=b; filename="q\\"é.wav"', '1\r\n--\r\n-b')}--b--\r\n`
    const found = scan(text)
    expect(found.kind).toBe('form')
    const parts = found.kind === 'form' ? found.parts : []
    expect(parts.map(({ start, end }) => text.slice(start, end))).toEqual(['', '1\r\n--\r\n-b'])
    expect(parts.map(({ name, file }) => [name, file?.type])).toEqual([
      ['a', undefined],
      ['b', 'text/x; y=z'],
    ])
  })

  it.each([
    ['begins with something else', `x${named('a', '1')}--b--`, 'does not begin'],
    ['lacks its end', named('a', '1'), 'ends within'],
    ['ends in a part', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1', 'ends within a part'],
    ['goes on', `${named('a', '1')}--b--\r\nmore`, 'goes on'],
    ['has a longer boundary', `${named('a', '1')}--bc--`, 'something behind it'],
    ['pads its boundary', `--b \r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--`, 'something behind it'],
    ['separates by line feeds', '--b\nContent-Disposition: form-data; name="a"\n\n1\n--b--', 'something behind it'],
    ['hides a boundary behind a line feed', `${named('a', '1\n--b\r\nx')}--b--`, 'within a part'],
    ['has a boundary right behind headers', '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n--b\r\n', 'within a part'],
    ['has a part without headers', '--b\r\n\r\n1\r\n--b--', 'cannot be read'],
    ['folds a header', part('Content-Disposition: form-data;\r\n name="a"', '1'), 'cannot be read'],
    ['names a header twice', part('Content-Disposition: form-data; name="a"\r\ncontent-disposition: form-data; name="b"', '1'), 'header twice'],
    ['names a parameter twice', part('Content-Disposition: form-data; name="a"; NAME="b"', '1'), 'parameter twice'],
    ['has a name in another way', part('Content-Disposition: form-data; name="a"; name*=utf-8\'\'b', '1'), 'name cannot be read'],
    ['has an odd name', named('a b', '1'), 'name cannot be read'],
    ['has no name', part('Content-Disposition: form-data; filename="a"', '1'), 'name cannot be read'],
    ['is an attachment', part('Content-Disposition: attachment; name="a"', '1'), 'form-data'],
    ['holds a form', part('Content-Disposition: form-data; name="a"\r\nContent-Type: multipart/mixed; boundary=c', '1'), 'form inside'],
    ['is in base64', part('Content-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64', 'MQ=='), 'encoding of its own'],
    ['has endless headers', part(`X: ${'y'.repeat(1000)}\r\nContent-Disposition: form-data; name="a"`, '1'), 'do not end'],
    ['has too many parts', `${named('a', '1').repeat(11)}--b--`, 'more than 10 parts'],
  ])('that %s is refused', (_, text, reason) => {
    expect(reasonOf(text)).toContain(reason)
  })

  const fields = fc.array(
    fc.tuple(fc.stringMatching(/^[a-z_]{1,9}(\[\])?$/), fc.oneof(fc.string({ unit: 'binary', maxLength: 60 }), fc.uint8Array({ maxLength: 300 }))),
    { minLength: 1, maxLength: 8 },
  )
  async function written(entries: readonly (readonly [string, string | Uint8Array])[]): Promise<{ bytes: Buffer; boundary: string }> {
    const form = new FormData()
    for (const [name, value] of entries) form.append(name, typeof value === 'string' ? value : new Blob([Buffer.from(value)]))
    const request = new Request('http://localhost', { method: 'POST', body: form })
    return { bytes: Buffer.from(await request.arrayBuffer()), boundary: boundaryOf(request.headers.get('content-type') ?? '') ?? '' }
  }
  async function readBack(bytes: Uint8Array, boundary: string): Promise<readonly (readonly [string, string])[]> {
    const form = await parseWithNode(Buffer.from(bytes), `multipart/form-data; boundary=${boundary}`)
    return await Promise.all(
      [...form].map(async ([name, value]) => [name, Buffer.from(typeof value === 'string' ? value : await value.bytes()).toString('hex')] as const),
    )
  }
  const partsOf = (bytes: Uint8Array, boundary: string): readonly FormPart[] => {
    const found = scanForm(bytes, boundary, limits)
    if (found.kind === 'wrong') throw new Error(found.reason)
    return found.parts
  }

  it('written by Node is read as Node reads it', async () => {
    await fc.assert(
      fc.asyncProperty(fields, async (entries) => {
        const { bytes, boundary } = await written(entries)
        const found = partsOf(bytes, boundary).map(({ name, start, end }) => [name, bytes.subarray(start, end).toString('hex')])
        expect(found).toEqual(await readBack(bytes, boundary))
      }),
    )
  })
  it('is changed in the field that is named, or begins with it', async () => {
    await fc.assert(
      fc.asyncProperty(fields, fc.stringMatching(/^[\w/.-]{0,30}$/), async (entries, value) => {
        const { bytes, boundary } = await written(entries.map(([name, old]) => [name, name === 'model' ? 'x' : old]))
        const before = await readBack(bytes, boundary)
        const after = await readBack(editForm(bytes, { boundary, parts: partsOf(bytes, boundary) }, [{ name: 'model', value }]), boundary)
        const wanted = before.map(([name, old]) => [name, name === 'model' ? Buffer.from(value).toString('hex') : old])
        expect(after).toEqual(before.some(([name]) => name === 'model') ? wanted : [['model', Buffer.from(value).toString('hex')], ...before])
      }),
    )
  })
  it('is the same under another boundary, and no other form is', async () => {
    const plain = async (entries: readonly (readonly [string, string | Uint8Array])[]): Promise<string> => {
      const { bytes, boundary } = await written(entries)
      return Buffer.from(withoutBoundary(bytes, boundary)).toString('hex')
    }
    await fc.assert(
      fc.asyncProperty(fields, fields, async (one, other) => {
        expect(await plain(one)).toBe(await plain(one))
        const [left, right] = [await written(one), await written(other)].map(({ bytes, boundary }) => bytes.toString('latin1').replaceAll(boundary, ''))
        if (left !== right) expect(await plain(one)).not.toBe(await plain(other))
      }),
    )
  })
  it('never throws, whatever it is', () => {
    const pieces = fc.array(fc.oneof(fc.constantFrom('--b', '--b--', '\r\n', '\n', ': ', 'Content-Disposition: form-data; name="a"', '"', '\0'), fc.string()), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(pieces, (found) => {
        expect(['form', 'wrong']).toContain(scan(found.join('')).kind)
      }),
    )
  })
})
