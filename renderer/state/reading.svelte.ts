// Reads of one kind that may overlap: which of their answers still count.
// Promises: an answer is dropped when one that was asked later was taken, or when what it was asked for is forgotten.
// Leaves alone: what is read.

export class Reading {
  running = $state(false)
  #asked = 0
  #taken = 0

  begin(): number {
    this.running = true
    return (this.#asked += 1)
  }
  counts(turn: number): boolean {
    return turn > this.#taken
  }
  take(turn: number): void {
    this.#taken = turn
  }
  end(turn: number): void {
    if (turn === this.#asked) this.running = false
  }
  forget(): void {
    this.#taken = this.#asked
    this.running = false
  }
}
