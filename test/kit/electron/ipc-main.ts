// `ipcMain`: questions of pages and their answers. Promises: one answerer for each channel; arguments and answers cross as structured clones.
// What an answerer throws arrives as Electron words it. Source: https://www.electronjs.org/docs/latest/api/ipc-main (Electron 45, as known 2026-11-21).

import type * as Electron from 'electron'
import { EventEmitter } from 'node:events'
import type { StandInContents, StandInFrame } from './web-contents.ts'

type Used = 'handle' | 'handleOnce' | 'removeHandler'
type Answer = Parameters<Electron.IpcMain['handle']>[1]

export class StandInIpc extends EventEmitter {
  readonly #answers = new Map<string, Answer>()

  get channels(): readonly string[] {
    return [...this.#answers.keys()]
  }
  handle(channel: string, answer: Answer): void {
    if (this.#answers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    if (typeof answer !== 'function') throw new TypeError(`Expected handler to be a function, but found type '${typeof answer}'`)
    this.#answers.set(channel, answer)
  }
  handleOnce(channel: string, answer: Answer): void {
    this.handle(channel, (event, ...values: unknown[]) => {
      this.removeHandler(channel)
      return answer(event, ...values) as unknown
    })
  }
  removeHandler(channel: string): void {
    this.#answers.delete(channel)
  }

  /** What `ipcRenderer.invoke` comes to, from a frame of a page; null: the frame is gone by now. */
  async invoke(
    from: { readonly sender: StandInContents; readonly frame: StandInFrame | null },
    channel: string,
    ...values: readonly unknown[]
  ): Promise<unknown> {
    const answer = this.#answers.get(channel)
    if (answer === undefined) throw new Error(`Error invoking remote method '${channel}': Error: No handler registered for '${channel}'`)
    const event = {
      type: 'frame',
      sender: from.sender,
      senderFrame: from.frame,
      processId: 1,
      frameId: 1,
      defaultPrevented: false,
      preventDefault: () => undefined,
    }
    const sent = structuredClone(values)
    try {
      return structuredClone(await (answer(event as unknown as Electron.IpcMainInvokeEvent, ...sent) as unknown))
    } catch (error) {
      throw new Error(`Error invoking remote method '${channel}': ${String(error)}`)
    }
  }
}

let current = new StandInIpc() satisfies Pick<Electron.IpcMain, Used>
export function resetIpc(): void {
  current = new StandInIpc()
}
export const ipcMain: StandInIpc = new Proxy(current, {
  get: (_target, name): unknown => {
    const value: unknown = Reflect.get(current, name, current)
    return typeof value === 'function' ? (value.bind(current) as unknown) : value
  },
})
