// The byte proxy with durability and nothing else: a call waits for a commit before it is sent, and for another before its reply ends.
// Its second argument says what a commit is: `syncs`, bytes of that size written and synced by a thread; `books`, the ledger's own orders. The third: where.
// Promises: calls that wait together share a commit. Leaves alone: keys, limits, routes, what a reply says; it shows how near anything with books can come.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Agent } from 'undici'
import { createLedger } from '../../gateway/ledger/ledger.ts'
import { attemptOrder, attemptRecord, holdOrder, keyDraft, limit, limits, quiet, visit } from '../gateway/ledger/fixture.ts'
import { startSyncThread } from '../kit/sync-thread.ts'

/** Before it is sent, and before its end. */
interface Books {
  open(call: number): Promise<void>
  close(call: number): Promise<void>
}

const [origin = '', kind, folder = ''] = process.argv.slice(2)
const books = kind === 'books' ? await openBooks() : openSyncs()
const agent = new Agent({ connections: 256, pipelining: 1, keepAliveTimeout: 60_000 })
let calls = 0

const server = createServer((request, response) => {
  handle(request, response).catch(() => response.destroy())
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))

async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = (calls += 1)
  const pieces: Buffer[] = []
  for await (const piece of request) pieces.push(piece as Buffer)
  await books.open(call)
  const body = Buffer.concat(pieces)
  agent.dispatch(
    { origin, path: request.url ?? '/', method: 'POST', headers: { 'content-type': 'application/json' }, body },
    {
      onRequestStart: () => {},
      onResponseStart: (_controller, status, headers) => void response.writeHead(status, { 'content-type': String(headers['content-type']) }),
      onResponseData: (_controller, bytes) => void response.write(bytes),
      onResponseEnd: () =>
        void books.close(call).then(
          () => response.end(),
          () => response.destroy(),
        ),
      onResponseError: () => void response.destroy(),
    },
  )
}

function openSyncs(): Books {
  const { commit } = startSyncThread(join(folder, 'log'))
  return { open: commit, close: commit }
}

async function openBooks(): Promise<Books> {
  const ledger = await createLedger({ dataDir: folder, durability: 'full', limits, zone: 'UTC', log: quiet })
  const key = await ledger.store.createKey(keyDraft('bench', { budget: limit(10n ** 15n, '1d') }))
  const who = { keyId: key.id, scopes: [ledger.snapshot.globalScopeId, key.scopeId] }
  return {
    async open(call) {
      const held = ledger.port.hold(holdOrder(`req_${call}`, who, { receivedAtMs: Date.now() }))
      const opened = await ledger.port.openAttempt(attemptOrder(`req_${call}`))
      if ((await held).kind !== 'held' || opened.kind !== 'opened') throw new Error('the books refused a call')
    },
    async close(call) {
      await ledger.port.record(visit(`req_${call}`, [attemptRecord(1, { input: 100, output: 10 })]))
    },
  }
}
