// Values that must not be printed: provider secrets, virtual keys, prompt and reply bodies.
// Promises: JSON, string conversion and node's inspect all show `[redacted]`; only `.open()` gives the value.
// Leaves alone: memory (JavaScript cannot promise to erase it).

const shown = '[redacted]'

export class Sealed<Value> {
  readonly #value: Value
  constructor(value: Value) {
    this.#value = value
  }
  /** The only way in. Every call site is a place where the value is really needed. */
  open(): Value {
    return this.#value
  }
  toString(): string {
    return shown
  }
  toJSON(): string {
    return shown
  }
  // Node's util.inspect looks this symbol up by its registered name; no import of node:util is needed.
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return shown
  }
}

/** A credential: provider key, admin key, virtual key, session token. */
export type Secret = Sealed<string>
/** Bytes or JSON that a person or a model wrote. */
export type Content<Value> = Sealed<Value>

export const secret = (text: string): Secret => new Sealed(text)
export const content = <Value>(value: Value): Content<Value> => new Sealed(value)
