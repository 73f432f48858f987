// Ids of tool calls, where a vendor gives none or forbids the characters of the one given.
// Promises: pure functions of their input, so both sides of a call get the same id without any memory.

/** An id for a call whose vendor gave none. `seed` is what makes this reply different from others. */
export function makeCallId(seed: string, index: number): string {
  return `call_${digest(`${seed}#${index}`)}`
}

const allowed = /^[a-zA-Z0-9_-]+$/
/** The same id if it only has letters, digits, `_` and `-`; otherwise a clean one that stays unique. */
export function cleanCallId(id: string): string {
  return allowed.test(id) ? id : `${id.replace(/[^a-zA-Z0-9_-]/g, '_')}_${digest(id)}`
}

/** The same id if it is no longer than that; otherwise its end is replaced by what keeps it unique. */
export function shortenCallId(id: string, lengthMax: number): string {
  return id.length <= lengthMax ? id : `${id.slice(0, lengthMax - digestLength - 1)}_${digest(id)}`
}
const digestLength = 14

const short = /^[a-zA-Z0-9]{9}$/
/** The same id if it is nine letters and digits, which is all that Mistral takes; otherwise nine that stand for it. */
export function shortCallId(id: string): string {
  return short.test(id) ? id : digest(id).slice(-9)
}

// FNV-1a in two lanes: short, stable, and chance is all it has to beat (http://www.isthe.com/chongo/tech/comp/fnv/).
export function digest(text: string): string {
  let low = 0x811c9dc5
  let high = 0x01000193
  for (const byte of Buffer.from(text)) {
    low = Math.imul(low ^ byte, 0x01000193) >>> 0
    high = Math.imul(high ^ (byte + 0x5f), 0x01000193) >>> 0
  }
  return low.toString(36).padStart(7, '0') + high.toString(36).padStart(7, '0')
}
