// The answers to many requests, a row for each surface: how many, how many reached the vendor, by class, and how many were wrong.
// Promises: rows in the order of their names; a share is asked of a row only when enough was sent for it to mean something. Leaves alone: judging an answer.

import type { ProofLine } from './line.ts'

export interface Told {
  readonly status: number
  readonly wrong: boolean
  /** null: the gateway answers such requests itself. */
  readonly reached: boolean | null
}
export interface SurfaceRows {
  note(row: string, told: Told): void
  /** Of all that was noted so far. */
  readonly reached: number
  lines(what: string, base: Pick<ProofLine, 'seed' | 'detail'>): readonly ProofLine[]
}

/** Below this many a share says little. */
const sampleMin = 500

interface Row {
  asked: number
  reaching: number
  reached: number
  wrong: number
  readonly classes: Map<string, number>
}

export function createSurfaceRows(reachedShareMin: number | null): SurfaceRows {
  const rows = new Map<string, Row>()
  return {
    note(name, { status, wrong, reached }) {
      const row = rows.get(name) ?? { asked: 0, reaching: 0, reached: 0, wrong: 0, classes: new Map<string, number>() }
      rows.set(name, row)
      const kind = status === 0 ? 'closed' : `${Math.floor(status / 100)}xx`
      row.asked += 1
      row.reaching += reached === null ? 0 : 1
      row.reached += reached === true ? 1 : 0
      row.wrong += wrong ? 1 : 0
      row.classes.set(kind, (row.classes.get(kind) ?? 0) + 1)
    },
    get reached() {
      return [...rows.values()].reduce((sum, row) => sum + row.reached, 0)
    },
    lines: (what, base) =>
      [...rows].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, row]) => ({ ...base, ...lineOf(row, reachedShareMin), name: `${what} ${name}` })),
  }
}

function lineOf({ asked, reaching, reached, wrong, classes }: Row, shareMin: number | null): Pick<ProofLine, 'figure' | 'target' | 'ok'> {
  const share = reaching === 0 ? null : reached / reaching
  const isAsked = shareMin !== null && share !== null && reaching >= sampleMin
  const counts = [...classes].sort(([one], [other]) => (one < other ? -1 : 1)).map(([kind, times]) => `${times.toLocaleString('en')} × ${kind}`)
  const reach = share === null ? 'answered here' : `${(share * 100).toFixed(0)} % reached the vendor`
  return {
    figure: `${asked.toLocaleString('en')} asked, ${reach}; ${counts.join(', ')}; ${wrong} wrong`,
    target: isAsked ? `0 wrong, ${shareMin * 100} % upstream` : '0 wrong',
    ok: wrong === 0 && (!isAsked || share >= shareMin),
  }
}
