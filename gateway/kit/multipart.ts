// Finds the parts of a multipart/form-data body without copying it, and replaces the values of its text fields in place.
// Promises: one reading only: whatever two parsers could read differently is no form; bytes outside the replaced values stay as they were.
// Leaves alone: what a field means. Source: https://www.rfc-editor.org/rfc/rfc7578 and rfc2046 section 5.1, as known 2026-11-21.

export interface FormPart {
  readonly name: string
  /** Half-open span of the value in the bytes. */
  readonly start: number
  readonly end: number
  /** null: a text field. */
  readonly file: { readonly name: string; readonly type: string } | null
}
export interface FormLimits {
  readonly partsMax: number
  /** Of one part. */
  readonly headerBytesMax: number
}
/** `reason` says what is wrong, as the end of a sentence that begins with "the form". */
export type FormScan = { readonly kind: 'form'; readonly parts: readonly FormPart[] } | { readonly kind: 'wrong'; readonly reason: string }

const token = "[-!#$%&'*+.^_`|~0-9A-Za-z]+"
const boundaryPattern = /^[-'()+,./:=?_0-9A-Za-z]{1,70}$/
const formType = new RegExp(`^multipart/form-data((?:\\s*;\\s*${token}=(?:${token}|"[^"\\\\\\r\\n]*"))*)\\s*;?\\s*$`, 'i')
const typeParameter = new RegExp(`;\\s*(${token})=(?:(${token})|"([^"]*)")`, 'g')

/** null: no multipart/form-data, or not exactly one usable boundary. */
export function boundaryOf(contentType: string): string | null {
  const [, parameters] = formType.exec(contentType) ?? []
  const boundaries = [...(parameters ?? '').matchAll(typeParameter)].filter(([, name]) => name?.toLowerCase() === 'boundary')
  const [, , bare, quoted] = boundaries[0] ?? []
  const boundary = bare ?? quoted ?? ''
  return boundaries.length === 1 && boundaryPattern.test(boundary) ? boundary : null
}

const returnFeed = '\r\n'

export function scanForm(bytes: Uint8Array, boundary: string, limits: FormLimits): FormScan {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const opening = Buffer.from(`--${boundary}`)
  const parts: FormPart[] = []
  if (!body.subarray(0, opening.length).equals(opening)) return wrong('does not begin with its boundary')
  let at = opening.length
  for (;;) {
    const after = body.toString('latin1', at, at + 2)
    if (after === '--') return isOver(body, at + 2) ? { kind: 'form', parts } : wrong('goes on after its last part')
    if (after !== returnFeed) return wrong('has a boundary with something behind it, or ends too early')
    if (parts.length === limits.partsMax) return wrong(`has more than ${String(limits.partsMax)} parts`)
    // A part without headers has no name.
    const headEnd = body.subarray(at, at + 2 + limits.headerBytesMax).indexOf('\r\n\r\n')
    if (headEnd < 0) return wrong('has a part whose headers do not end')
    const head = readHead(body.toString('utf8', at + 2, at + headEnd))
    if (typeof head === 'string') return wrong(head)
    const start = at + headEnd + 4
    const next = body.indexOf(opening, start)
    if (next < 0) return wrong('ends within a part')
    // Behind a bare line feed, or right behind the headers, some parsers would take it for the end of the part and some would not.
    if (next - 2 < start || body.toString('latin1', next - 2, next) !== returnFeed) return wrong('holds its boundary within a part')
    parts.push({ ...head, start, end: next - 2 })
    at = next + opening.length
  }
}

const wrong = (reason: string): FormScan => ({ kind: 'wrong', reason })
const isOver = (body: Buffer, at: number): boolean => at === body.length || (at + 2 === body.length && body.toString('latin1', at) === returnFeed)

const headerLine = new RegExp(`^(${token}):[ \\t]*([^\\r\\n\\0]*?)[ \\t]*$`)
const disposition = new RegExp(`^form-data((?:[ \\t]*;[ \\t]*${token}=(?:"(?:[^"\\\\]|\\\\.)*"|${token}))+)$`, 'i')
const dispositionParameter = new RegExp(`;[ \\t]*(${token})=(?:"((?:[^"\\\\]|\\\\.)*)"|(${token}))`, 'g')
const fieldName = /^[\w.\-[\]]{1,100}$/

/** Text: what is wrong. */
function readHead(text: string): Pick<FormPart, 'name' | 'file'> | string {
  const headers = new Map<string, string>()
  for (const line of text.split(returnFeed)) {
    const [, name, value] = headerLine.exec(line) ?? []
    if (name === undefined || value === undefined) return 'has a part with a header that cannot be read'
    if (headers.has(name.toLowerCase())) return 'has a part that names a header twice'
    headers.set(name.toLowerCase(), value)
  }
  const encoding = headers.get('content-transfer-encoding')?.toLowerCase()
  if (encoding !== undefined && !['binary', '8bit', '7bit'].includes(encoding)) return 'has a part in an encoding of its own'
  const type = headers.get('content-type') ?? ''
  if (/^multipart\//i.test(type)) return 'has a form inside a part'
  const [, parameters] = disposition.exec(headers.get('content-disposition') ?? '') ?? []
  if (parameters === undefined) return 'has a part without a content-disposition of form-data'
  const found = [...parameters.matchAll(dispositionParameter)].map(([, name = '', quoted, bare]) => [name.toLowerCase(), quoted ?? bare ?? ''] as const)
  const named = new Map(found)
  if (named.size !== found.length) return 'has a part that names a parameter twice'
  const name = named.get('name') ?? ''
  if (!fieldName.test(name) || named.has('name*')) return 'has a part whose name cannot be read'
  const file = named.get('filename') ?? named.get('filename*')
  return { name, file: file === undefined ? null : { name: file.replace(/\\(.)/g, '$1'), type } }
}

/** A text field's new value; one that is not there yet is added in front. */
export interface FormEdit {
  readonly name: string
  readonly value: string
}

/** Expects bytes that `scanForm` has read with this boundary, and values without the boundary in them. */
export function editForm(bytes: Uint8Array, form: { readonly boundary: string; readonly parts: readonly FormPart[] }, edits: readonly FormEdit[]): Uint8Array {
  if (edits.length === 0) return bytes
  const pieces: Uint8Array[] = []
  for (const { name, value } of edits) {
    if (form.parts.some((part) => part.name === name)) continue
    pieces.push(Buffer.from(`--${form.boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`))
  }
  let at = 0
  for (const { name, start, end } of form.parts) {
    const edit = edits.find((candidate) => candidate.name === name)
    if (edit === undefined) continue
    pieces.push(bytes.subarray(at, start), Buffer.from(edit.value))
    at = end
  }
  pieces.push(bytes.subarray(at))
  return Buffer.concat(pieces)
}

/** Equal for equal forms only, whatever boundary their sender drew: clients draw another one each time they send. Expects what `scanForm` has read. */
export function withoutBoundary(bytes: Uint8Array, boundary: string): Uint8Array {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const mark = Buffer.from(`--${boundary}`)
  const pieces: Buffer[] = []
  let at = 0
  for (let next = body.indexOf(mark); next >= 0; next = body.indexOf(mark, at)) {
    pieces.push(body.subarray(at, next))
    at = next + mark.length
  }
  pieces.push(body.subarray(at))
  return Buffer.concat([Buffer.from(JSON.stringify(pieces.map((piece) => piece.length))), ...pieces])
}
