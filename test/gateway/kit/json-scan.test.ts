// The scanner finds what JSON.parse finds, and an edit changes only what it names.
// Randomised: fast-check prints the seed of a failure, `fc.assert(…, { seed })` replays it.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { editObject, removeMembers, scanObject } from '../../../gateway/kit/json-scan.ts'

const toBytes = (text: string): Uint8Array => Buffer.from(text)
const toText = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')

/** Texts that a careless scanner stumbles over: quotes, backslashes, brackets and commas in strings, non-ASCII, empty keys. */
const awkward = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', ' ', '\n', 'é', '😀', 'a') }),
)
const anyObject = fc.dictionary(
  awkward.filter((key) => key !== '__proto__'),
  fc.oneof(fc.jsonValue({ maxDepth: 3 }), awkward),
  { maxKeys: 6 },
)
const anySpacing = fc.constantFrom(undefined, 1, 4, '\t')

describe('scanObject', () => {
  test('finds the members that JSON.parse finds, with their values, whatever the spacing', () => {
    fc.assert(
      fc.property(anyObject, anySpacing, (object, spacing) => {
        const bytes = toBytes(` ${JSON.stringify(object, null, spacing)}\n`)
        const parsed: unknown = JSON.parse(toText(bytes))
        const found = scanObject(bytes).members.map((member) => [member.key, JSON.parse(toText(bytes.subarray(member.start, member.end))) as unknown])
        expect(found).toEqual(Object.entries(parsed ?? {}))
      }),
    )
  })

  test('keeps duplicates in order', () => {
    const { members } = scanObject(toBytes('{"a":1,"b":[{"a":2}],"a":"x","\\u0061":null}'))
    expect(members.map((member) => member.key)).toEqual(['a', 'b', 'a', 'a'])
  })

  test('measures depth', () => {
    expect(scanObject(toBytes('{}')).depth).toBe(1)
    expect(scanObject(toBytes('{"a":[[{"b":"[[[["}]],"c":{}}')).depth).toBe(4)
  })

  test('sees the end of a string behind any number of backslashes', () => {
    const { members } = scanObject(toBytes(String.raw`{"a":"\\","b":"\\\"","c":"\\\\"}`))
    expect(members.map((member) => member.key)).toEqual(['a', 'b', 'c'])
  })

  test('reads from a view into a larger buffer', () => {
    const whole = toBytes('xx{"model":"m"}yy')
    const view = whole.subarray(2, -2)
    expect(scanObject(view).members).toEqual([{ key: 'model', keyStart: 1, start: 9, end: 12 }])
  })
})

describe('editObject', () => {
  test('means what setting the members of the parsed object means', () => {
    fc.assert(
      fc.property(
        anyObject,
        anySpacing,
        fc.uniqueArray(fc.record({ key: awkward.filter((key) => key !== '__proto__'), value: fc.jsonValue() }), { selector: (edit) => edit.key, maxLength: 4 }),
        (object, spacing, edits) => {
          const bytes = toBytes(JSON.stringify(object, null, spacing))
          // Half the edits hit a member that exists.
          const keys = Object.keys(object)
          const aimed = edits.map((edit, index) => ({ key: index % 2 === 0 ? (keys[index] ?? edit.key) : edit.key, json: JSON.stringify(edit.value) }))
          const unique = aimed.filter((edit, index) => aimed.findIndex((other) => other.key === edit.key) === index)
          const expected: Record<string, unknown> = JSON.parse(toText(bytes)) as Record<string, unknown>
          for (const edit of unique) expected[edit.key] = JSON.parse(edit.json)
          expect(JSON.parse(toText(editObject(bytes, unique)))).toEqual(expected)
        },
      ),
    )
  })

  test('leaves every byte outside a replaced value as it was', () => {
    fc.assert(
      fc.property(anyObject, anySpacing, fc.nat(), (object, spacing, pick) => {
        const bytes = toBytes(JSON.stringify(object, null, spacing))
        const { members } = scanObject(bytes)
        const member = members[pick % Math.max(1, members.length)]
        fc.pre(member !== undefined && members.filter((other) => other.key === member.key).length === 1)
        const edited = editObject(bytes, [{ key: member.key, json: '"✂"' }])
        const tail = bytes.length - member.end
        expect(toText(edited.subarray(0, member.start))).toBe(toText(bytes.subarray(0, member.start)))
        expect(toText(edited.subarray(edited.length - tail))).toBe(toText(bytes.subarray(member.end)))
        expect(toText(edited.subarray(member.start, edited.length - tail))).toBe('"✂"')
      }),
    )
  })

  test('replaces every duplicate, so that no parser can prefer another one', () => {
    expect(toText(editObject(toBytes('{"model":"a", "x":0, "model":"b"}'), [{ key: 'model', json: '"c"' }]))).toBe('{"model":"c", "x":0, "model":"c"}')
  })

  test('inserts what is missing at the front', () => {
    expect(
      toText(
        editObject(toBytes('{ "a":1}'), [
          { key: 'b', json: '2' },
          { key: 'c', json: '3' },
        ]),
      ),
    ).toBe('{"b":2,"c":3, "a":1}')
    expect(toText(editObject(toBytes('{}'), [{ key: 'b', json: '2' }]))).toBe('{"b":2}')
  })

  test('gives the same bytes back when there is nothing to change', () => {
    const bytes = toBytes('{"a":1}')
    expect(editObject(bytes, [])).toBe(bytes)
  })
})

describe('removeMembers', () => {
  test('takes out exactly what is named, whichever it is, and the rest keeps its bytes', () => {
    fc.assert(
      fc.property(anyObject, anySpacing, fc.array(fc.boolean()), (object, spacing, chosen) => {
        const bytes = toBytes(JSON.stringify(object, null, spacing))
        const entries = Object.entries(JSON.parse(toText(bytes)) as object)
        const keys = entries.filter((_entry, index) => chosen[index] === true).map(([key]) => key)
        const left = removeMembers(bytes, keys)
        expect(JSON.parse(toText(left))).toEqual(Object.fromEntries(entries.filter(([key]) => !keys.includes(key))))
        for (const member of scanObject(bytes).members)
          if (!keys.includes(member.key)) expect(toText(left)).toContain(toText(bytes.subarray(member.keyStart, member.end)))
      }),
    )
  })

  test('gives the same bytes where there is nothing of that name', () => {
    const bytes = toBytes('{"a":1}')
    expect(removeMembers(bytes, ['b'])).toBe(bytes)
    expect(removeMembers(bytes, [])).toBe(bytes)
  })

  test('takes the comma that belongs to it', () => {
    expect(toText(removeMembers(toBytes('{ "a":1, "b":2, "c":3 }'), ['b']))).toBe('{ "a":1, "c":3 }')
    expect(toText(removeMembers(toBytes('{"a":1, "b":2,"c":3}'), ['b', 'c']))).toBe('{"a":1}')
    expect(toText(removeMembers(toBytes('{"a":1,"b":2}'), ['a', 'b']))).toBe('{}')
  })
})
