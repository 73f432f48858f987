// What the composed gateway does in its life: listen, say where it is, close.
// Promises: a made admin key is kept only once somebody can be shown it; closing settles the books before the folder is given free.
// Leaves alone: how the parts are built (compose.ts).

import { adminKeyFile, keepAdminKey, writeAdminKey, type AdminKey } from './admin-key.ts'
import type { Access } from './admin/access.ts'
import type { Lan } from './compose-lan.ts'
import type { GatewayConfig } from './contract/config.ts'
import type { Egress } from './contract/egress.ts'
import type { PanelFiles } from './contract/panel-files.ts'
import type { Secret } from './contract/sealed.ts'
import type { Door } from './door/door.ts'
import { greet } from './greeting.ts'
import type { LiveCatalog } from './intake/live-catalog.ts'
import type { Ledger } from './ledger/ledger.ts'
import type { Drains } from './rooms/call/drains.ts'
import type { Vault } from './vault/vault.ts'

export interface Gateway {
  /** @throws NodeJS.ErrnoException when the address cannot be had */
  listen(): Promise<void>
  /** Where this machine reaches it, once it listens: `http://127.0.0.1:4000`. */
  readonly localOrigin: string
  /** Calls to models being answered; the panel's own reads are none. */
  readonly running: number
  /** Lines for standard output, once. */
  greeting(terminal: boolean): readonly string[]
  hasPendingVaultCalls(): boolean
  /** Waits for running requests, settles the books, closes the files. */
  close(drainMs: number): Promise<void>
  /** While it closes: whatever is still running ends now. */
  cut(): void
}

export interface LifeParts {
  readonly config: GatewayConfig
  readonly ledger: Ledger
  readonly live: LiveCatalog
  readonly access: Access
  readonly adminKey: AdminKey
  readonly bootToken?: Secret
  readonly vault: Vault
  readonly vaultSentence: string
  readonly egress: Egress
  readonly drains: Drains
  readonly lan: Lan
  readonly address: { readonly port: number }
}
export interface Premises {
  readonly door: Door
  readonly panel: PanelFiles
  /** Gives the data folder free. */
  release(): void
}

export function toGateway(parts: LifeParts & { readonly address: { port: number } }, { door, panel, release }: Premises): Gateway {
  const { config, ledger, live, access, bootToken } = parts
  // Below a shell nobody would be shown a made key: it is forgotten with the process, and the first start on a terminal makes one to keep.
  const adminKey = bootToken === undefined ? parts.adminKey : ({ kind: 'known' } as const)
  return {
    async listen() {
      parts.address.port = await door.listen(config.port)
      await parts.lan.listen(door)
      if (adminKey.kind !== 'made') return
      if (!process.stdout.isTTY) writeAdminKey(adminKey.secret, config.dataDir)
      await keepAdminKey(adminKey, ledger.store)
    },
    get localOrigin() {
      return wordOrigin(wildcards[config.host] ?? config.host, parts.address.port)
    },
    get running() {
      return door.calls
    },
    greeting: (terminal) =>
      greet(
        {
          version: config.version,
          origin: originOf(parts),
          signInCode: bootToken === undefined ? access.issueCode() : null,
          dataDir: config.dataDir,
          vaultSentence: parts.vaultSentence,
          durability: config.durability,
          adminKey: adminKey.kind === 'made' ? { ...adminKey, file: adminKeyFile(config.dataDir) } : { kind: adminKey.kind },
          panelBuilt: panel.count > 0,
          recoveredRequests: ledger.snapshot.recoveredRequests,
          weakAdminKey: config.adminKey !== null && config.adminKey.value.open().length < adminKeyLengthGood,
          lan: parts.lan.state(),
          warnings: [...(config.file?.warnings ?? []), ...live.problems(), ...parts.lan.warnings()],
        },
        terminal,
      ),
    hasPendingVaultCalls: () => parts.vault.pendingCalls > 0,
    async close(drainMs) {
      parts.drains.stop()
      parts.lan.close()
      await door.close(drainMs)
      await parts.egress.close()
      await ledger.close()
      release()
    },
    cut: door.cut,
  }
}

const adminKeyLengthGood = 20

/** Addresses to listen on that not every system can call (RFC 1122 3.2.1.3, RFC 4291 2.5.2). */
const wildcards: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

export function originOf(parts: Pick<LifeParts, 'config' | 'address'>): string {
  return wordOrigin(parts.config.host, parts.address.port)
}

const wordOrigin = (host: string, port: number): string => `http://${host.includes(':') ? `[${host}]` : host}:${port}`
