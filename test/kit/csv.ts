// Reads CSV as RFC 4180 defines it (https://www.rfc-editor.org/rfc/rfc4180, read 2026-11-21): CRLF, commas, quotes doubled inside quotes.
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
  for (let at = 0; at < text.length; ) {
    const cell = text[at] === '"' ? readQuoted(text, at) : readBare(text, at)
    record.push(cell.value)
    at = cell.end
    if (text[at] === ',') at += 1
    else if (text.startsWith('\r\n', at)) {
      records.push(record)
      record = []
      at += 2
    } else throw new Error(`a cell ends wrongly at ${at}: ${JSON.stringify(text.slice(at, at + 20))}`)
    // A comma before the line's end opens one more, empty, cell.
    if (record.length > 0 && text.startsWith('\r\n', at)) record.push('')
    if (record.length > 0 && text.startsWith('\r\n', at)) {
      records.push(record)
      record = []
      at += 2
    }
  }
  if (record.length > 0) throw new Error('the last line has no end')
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
  const length = text.slice(start).search(/[,"\r\n]/)
  if (length < 0) throw new Error('the last line has no end')
  return { value: text.slice(start, start + length), end: start + length }
}
