// Reads CSV as RFC 4180 defines it (https://www.rfc-editor.org/rfc/rfc4180, as known 2026-11-21): CRLF, commas, quotes doubled inside quotes.
// Promises: throws on anything else (bare quotes, bare line breaks, rows of another length), so that what it reads any spreadsheet reads.
// Leaves alone: what the cells mean.

export interface Table {
  readonly header: readonly string[]
  readonly rows: readonly Readonly<Record<string, string>>[]
}

export function parseCsv(text: string): Table {
  const [header = [], ...lines] = readRecords(text)
  const rows = lines.map((cells, index) => {
    if (cells.length !== header.length) throw new Error(`row ${index + 1} has ${cells.length} cells, the header ${header.length}`)
    return Object.fromEntries(cells.map((cell, at) => [header[at] ?? '', cell]))
  })
  return { header, rows }
}

function readRecords(text: string): string[][] {
  const records: string[][] = []
  let record: string[] = []
  let at = 0
  while (at < text.length || record.length > 0) {
    const cell = text[at] === '"' ? readQuoted(text, at) : readBare(text, at)
    record.push(cell.value)
    at = cell.end + 1
    if (text[cell.end] === ',') continue
    if (!text.startsWith('\r\n', cell.end)) throw new Error(`a cell ends wrongly at ${cell.end}: ${JSON.stringify(text.slice(cell.end, cell.end + 20))}`)
    at += 1
    records.push(record)
    record = []
  }
  return records
}

interface Cell {
  readonly value: string
  readonly end: number
}

function readQuoted(text: string, start: number): Cell {
  let value = ''
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] !== '"') value += text[at] ?? ''
    else if (text[at + 1] === '"') {
      value += '"'
      at += 1
    } else return { value, end: at + 1 }
  }
  throw new Error(`the quote at ${start} is never closed`)
}

function readBare(text: string, start: number): Cell {
  const pattern = /[^,"\r\n]*/y
  pattern.lastIndex = start
  const value = pattern.exec(text)?.[0] ?? ''
  return { value, end: start + value.length }
}
