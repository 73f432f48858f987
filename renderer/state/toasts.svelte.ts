// Short notices of finished work, with an optional way back.
// Promises: each stays eight seconds or longer while someone points at it; problems are never only here.

export interface Toast {
  readonly id: number
  readonly text: string
  readonly action: { readonly label: string; readonly run: () => void } | null
}

const stayMs = 8000

class Toasts {
  items = $state.raw<readonly Toast[]>([])
  #next = 1
  #timers = new Map<number, number>()

  show(text: string, action: Toast['action'] = null): void {
    const id = this.#next
    this.#next += 1
    this.items = [...this.items.slice(-2), { id, text, action }]
    this.release(id)
  }
  dismiss(id: number): void {
    window.clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    this.items = this.items.filter((item) => item.id !== id)
  }
  /** Stops the clock while a toast is pointed at or holds focus. */
  keep(id: number): void {
    window.clearTimeout(this.#timers.get(id))
  }
  release(id: number): void {
    window.clearTimeout(this.#timers.get(id))
    this.#timers.set(
      id,
      window.setTimeout(() => this.dismiss(id), stayMs),
    )
  }
}
export const toasts = new Toasts()
