// IPv4 addresses inside IPv6 addresses: translators and tunnels lead there.
// Promises: every embedding that is standardised or was. Leaves alone: whether the address may be dialled (address.ts).
// Source: RFC 4291 2.5.5 (mapped, compatible), RFC 6052 and RFC 8215 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo), RFC 5214 (ISATAP), as known 2026-11-21.

/** `address` is a valid IPv6 address. More than one where it can be read in several ways. */
export function embeddedIpv4(address: string): readonly string[] {
  const groups = toGroups(address)
  const at = (index: number): number => groups[index] ?? 0
  const pair = (index: number): string => dotted(at(index), at(index + 1))
  const zeros = (count: number): boolean => groups.slice(0, count).every((group) => group === 0)
  const found: string[] = []
  // Compatible; but :: and ::1 are addresses of their own.
  if (zeros(6) && (at(6) !== 0 || at(7) > 1)) found.push(pair(6))
  if ((zeros(5) && at(5) === 0xffff) || (zeros(4) && at(4) === 0xffff && at(5) === 0)) found.push(pair(6))
  if (at(0) === 0x64 && at(1) === 0xff9b) found.push(pair(6))
  if (at(0) === 0x2002) found.push(pair(1))
  if (at(0) === 0x2001 && at(1) === 0) found.push(dotted(at(6) ^ 0xffff, at(7) ^ 0xffff))
  if ((at(4) === 0 || at(4) === 0x200) && at(5) === 0x5efe) found.push(pair(6))
  return found
}

const dotted = (high: number, low: number): string => [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.')

function toGroups(address: string): readonly number[] {
  const bare = (address.split('%', 1)[0] ?? '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_whole, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number)
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
  const [head = '', tail] = bare.split('::')
  const read = (text: string): number[] => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)))
  if (tail === undefined) return read(head)
  const [before, after] = [read(head), read(tail)]
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}
