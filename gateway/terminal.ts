// Asks for a secret at a terminal.
// Promises: nothing typed is shown; Ctrl-C ends the program as ever; the terminal is left as it was found. Leaves alone: what the answer opens.

import type { ReadStream } from 'node:tty'
import { secret, type Secret } from './contract/sealed.ts'

export interface Terminal {
  readonly input: Pick<ReadStream, 'isTTY' | 'setRawMode' | 'on' | 'off' | 'resume' | 'pause'>
  readonly output: { readonly isTTY: boolean; write(text: string): unknown }
  readonly interrupt: () => void
}

/** null: there is no terminal, so nobody can be asked. */
export function createAskSecret(terminal: Terminal): ((question: string) => Promise<Secret | null>) | null {
  const { input, output } = terminal
  return input.isTTY && output.isTTY ? async (question) => await askOnce(question, terminal) : null
}

const textMax = 1024
// What a terminal sends for these keys in raw mode.
const keys = { enter: ['\r', '\n'], interrupt: '\u0003', end: '\u0004', erase: ['\u007f', '\b'], clear: '\u0015' }

async function askOnce(question: string, { input, output, interrupt }: Terminal): Promise<Secret | null> {
  output.write(question)
  return await new Promise((resolve) => {
    let typed: string[] = []
    const end = (answer: Secret | null): void => {
      input.off('data', hear)
      input.setRawMode(false)
      input.pause()
      output.write('\n')
      resolve(answer)
    }
    /** true: this key was the last one. */
    const take = (key: string): boolean => {
      if (keys.enter.includes(key)) end(typed.length === 0 ? null : secret(typed.join('')))
      else if (key === keys.end) end(null)
      else if (key === keys.interrupt) {
        end(null)
        interrupt()
      } else {
        if (keys.erase.includes(key)) typed.pop()
        else if (key === keys.clear) typed = []
        else if (key >= ' ' && typed.length < textMax) typed.push(key)
        return false
      }
      return true
    }
    const hear = (bytes: Buffer): void => {
      for (const key of bytes.toString('utf8')) if (take(key)) return
    }
    input.setRawMode(true)
    input.on('data', hear)
    input.resume()
  })
}
