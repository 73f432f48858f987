// A form as fields: text, lists, facts about files; what could be read in two ways is a 400.

import { describe, expect, it } from 'vitest'
import { defaultLimits } from '../../../gateway/config.ts'
import { parseForm } from '../../../gateway/door/form.ts'

const limits = { ...defaultLimits, formFieldBytesMax: 50 }
const type = 'multipart/form-data; boundary=b'
const part = (head: string, value: string): string => `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`
const parse = (...parts: string[]): unknown => parseForm(Buffer.from(`${parts.join('')}--b--`, 'latin1'), type, limits)

describe('a form', () => {
  it('is its text fields, and facts about its files', () => {
    expect(
      parse(
        part('name="model"', 'm'),
        part('name="n"', '2'),
        part('name="file"; filename="a.wav"', 'xyz'),
        part('name="include[]"', 'a'),
        part('name="include[]"', 'b'),
      ),
    ).toEqual({ model: 'm', n: '2', file: { name: 'a.wav', type: '', bytes: 3 }, include: ['a', 'b'] })
  })
  it('may have several files of one name', () => {
    const file = { name: 'a', type: '', bytes: 1 }
    expect(parse(part('name="image"; filename="a"', '1'), part('name="image"; filename="a"', '2'))).toEqual({ image: [file, file] })
    expect(parse(part('name="image[]"; filename="a"', '1'))).toEqual({ image: [file] })
  })
  it.each([
    ['names a text field twice', [part('name="model"', 'a'), part('name="model"', 'b')], 'twice'],
    ['names a field as text and as a list', [part('name="model"', 'a'), part('name="model[]"', 'b')], 'twice'],
    ['names a field as text and as a file', [part('name="model"', 'a'), part('name="model"; filename="x"', 'b')], 'twice'],
    ['names a field as a file and as text', [part('name="model"; filename="x"', 'b'), part('name="model"', 'a')], 'twice'],
    ['reaches for a prototype', [part('name="__proto__"', 'a')], '__proto__'],
    ['has a long text', [part('name="prompt"', 'x'.repeat(51))], 'more than 50 bytes'],
    ['has text that is none', [part('name="prompt"', '\xff')], 'not UTF-8'],
  ])('that %s is refused', (_, parts, reason) => {
    expect(() => parse(...parts)).toThrow(reason)
  })
  it('needs a boundary', () => {
    expect(() => parseForm(Buffer.from('--b--'), 'multipart/form-data', limits)).toThrow('names no boundary')
  })
})
