// A table of what was tried and how it ended, printed by the suite that filled it.
// Promises: a cell nobody reached shows as such, and counts as missing. Leaves alone: deciding what is right.

export interface Matrix {
  /** Runs the check of one cell and notes how it ended. */
  try(row: string, column: string, check: () => Promise<void>): Promise<void>
  /** A cell that is right in a way that needs a word. */
  explain(row: string, column: string, words: string): void
  missing(): readonly string[]
  print(title: string): string
}

export function createMatrix(rows: readonly string[], columns: readonly string[]): Matrix {
  const cells = new Map<string, string>()
  const notes: string[] = []
  const at = (row: string, column: string): string => `${row} · ${column}`
  return {
    async try(row, column, check) {
      cells.set(at(row, column), 'FAILED')
      await check()
      if (cells.get(at(row, column)) === 'FAILED') cells.set(at(row, column), 'ok')
    },
    explain(row, column, words) {
      if (!notes.includes(words)) notes.push(words)
      cells.set(at(row, column), `(${notes.indexOf(words) + 1})`)
    },
    missing: () => rows.flatMap((row) => columns.map((column) => at(row, column))).filter((cell) => (cells.get(cell) ?? 'FAILED') === 'FAILED'),
    print(title) {
      const first = Math.max(...rows.map((row) => row.length))
      const line = (head: string, texts: readonly string[]): string =>
        `${head.padEnd(first)}  ${texts.map((text, index) => text.padEnd((columns[index] ?? '').length)).join('  ')}`
      const body = rows.map((row) =>
        line(
          row,
          columns.map((column) => cells.get(at(row, column)) ?? '-'),
        ),
      )
      return [title, line('', columns), ...body, ...notes.map((words, index) => `(${index + 1}) ${words}`)].join('\n')
    },
  }
}
