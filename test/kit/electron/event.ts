// An event as Electron hands it to listeners: what happened, and a way to prevent it.
// Leaves alone: who emits it. Source: https://www.electronjs.org/docs/latest/api/structures (Electron 45, as known 2026-11-21).

export type PreventableEvent<Facts extends object = object> = Facts & {
  readonly defaultPrevented: boolean
  preventDefault(): void
}

export function preventable<Facts extends object>(facts: Facts): PreventableEvent<Facts> {
  let prevented = false
  const event = {
    ...facts,
    preventDefault: () => {
      prevented = true
    },
  }
  return Object.defineProperty(event, 'defaultPrevented', { get: () => prevented, enumerable: true }) as unknown as PreventableEvent<Facts>
}
