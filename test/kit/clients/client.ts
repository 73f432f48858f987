// What every real client is asked to do, and how its answers are compared: one interface over their SDKs.
// Promises: each method makes the call in the way that SDK's own documentation shows; nothing is patched but `fetch`, which only watches.
// Leaves alone: what a right answer is (the journeys).

export interface Call {
  readonly name: string
  readonly input: unknown
}
/** What the application gets to see. */
export interface Said {
  readonly text: string
  /** null: this client does not read reasoning. */
  readonly reasoning: string | null
  readonly calls: readonly Call[]
  /** null: this client reports none here. */
  readonly tokens: { readonly prompt: number | undefined; readonly completion: number | undefined } | null
  readonly finish: string | null
  /** Text pieces a stream came in; 0 when it was no stream. */
  readonly pieces: number
}
export interface Embedded {
  readonly vectors: readonly (readonly number[])[]
  readonly tokens: number | null
}
export type Encoding = 'base64' | 'float' | 'default'

export interface RealClient {
  readonly name: string
  ask(prompt: string): Promise<Said>
  stream(prompt: string): Promise<Said>
  /** Reads a few pieces of a stream and goes away, as an application does that was stopped. */
  leave(prompt: string): Promise<void>
  /** Offers the weather tool and returns the calls. */
  askTools(prompt: string): Promise<Said>
  streamTools(prompt: string): Promise<Said>
  /** Runs the tools with `weather` and lets the model answer: two requests. */
  converse(prompt: string, reasons: boolean): Promise<Said>
  see(prompt: string, dataUrl: string): Promise<Said>
  /** A structured answer, parsed by the client against the schema of `weatherReport`. */
  askData(prompt: string): Promise<{ readonly value: unknown }>
  reason(prompt: string, streamed: boolean): Promise<Said>
  /** null: the client has no such option. */
  embed(inputs: readonly string[], encoding: Encoding): Promise<Embedded> | null
}

export interface Reach {
  readonly baseUrl: string
  readonly apiKey: string
  readonly model: string
  readonly fetch: typeof globalThis.fetch
  /** How often the SDK may try again by itself; undefined = its own default. */
  readonly retries?: number
}

/** What an application gets to see of a failure, however deep its SDK wrapped it. */
export function readFailure(error: unknown): { readonly status: number; readonly message: string } {
  const outer = error as { status?: number; statusCode?: number; status_code?: number; message: string; lastError?: unknown }
  if (outer.lastError !== undefined) return readFailure(outer.lastError)
  return { status: outer.status ?? outer.statusCode ?? outer.status_code ?? 0, message: outer.message }
}

/** Text pieces an application reads before it leaves. */
export const piecesBeforeLeaving = 3

/** The tool all clients offer; its result names the city, so that results can be told apart. */
export const weather = {
  name: 'weather',
  description: 'Temperature of a city in °C',
  run: (city: string): string => `${city}: ${city.length * 3} °C`,
}
