// What the desktop shell and its child, the gateway, say to each other over the message port.
// Promises: each side parses what it hears; secrets (variables, the token) travel here and nowhere else, never in arguments or the environment.
// Leaves alone: the port itself, and what either side makes of a message.

import { z } from 'zod'

/** How often the gateway says that it is alive, from its first moment on. */
export const healthEveryMs = 2000

/** Linux takes no longer one (MAX_ARG_STRLEN, execve(2)); Windows and macOS take less. */
export const variableLengthMax = 131_072
export const variablesMax = 4000
const textLengthMax = 4096

const variables = z
  .record(z.string().min(1).max(textLengthMax), z.string().max(variableLengthMax))
  .refine((named) => Object.keys(named).length <= variablesMax, `at most ${variablesMax} variables`)

/** null: as the variables say, else the default. */
const launchOptions = z.strictObject({
  port: z.int().min(0).max(65_535).nullable(),
  dataDir: z.string().min(1).max(textLengthMax).nullable(),
  configPath: z.string().min(1).max(textLengthMax).nullable(),
})

const fromShell = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('launch'), options: launchOptions, variables }),
  z.strictObject({ kind: z.literal('stop'), drainMs: z.int().min(0) }),
])

const failureCodes = ['port-taken', 'data-folder-in-use', 'refused', 'other'] as const
const fromGateway = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready'), baseUrl: z.url({ protocol: /^http$/ }).max(textLengthMax), token: z.string().min(32).max(textLengthMax) }),
  z.strictObject({ kind: z.literal('health'), running: z.int().min(0) }),
  z.strictObject({
    kind: z.literal('failed'),
    code: z.enum(failureCodes),
    sentence: z.string().max(textLengthMax),
    port: z.int().min(0).max(65_535).nullable(),
  }),
])

export type LaunchOptions = z.infer<typeof launchOptions>
/** launch: once, first · stop: again with less time means less time. */
export type ShellMessage = z.infer<typeof fromShell>
export type LaunchMessage = Extract<ShellMessage, { kind: 'launch' }>
/**
 * ready: `baseUrl` has no path (`http://127.0.0.1:4000`), `token` dies with this process · health: alive, answering so many calls to models (the panel's reads are none) ·
 * failed: it ends now, and `sentence` says why (refused: people have to change something first; `port` with port-taken).
 */
export type GatewayMessage = z.infer<typeof fromGateway>
export type GatewayFailure = Omit<Extract<GatewayMessage, { kind: 'failed' }>, 'kind'>
export const failureSentenceMax = textLengthMax

/** @throws z.ZodError, which holds no values */
export const parseShellMessage = (message: unknown): ShellMessage => fromShell.parse(message)
/** @throws z.ZodError */
export const parseGatewayMessage = (message: unknown): GatewayMessage => fromGateway.parse(message)
