// GET /panel/lan/authority.pem: the certificate of our own authority, for whoever is to trust LAN mode's.
// Promises: a certificate and never a key. Leaves alone: making it (lan/).

import { refuse } from '../contract/errors.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import { defineRoute } from './define-route.ts'
import type { AdminDeps } from './deps.ts'

export function createPanelLanRoutes(deps: AdminDeps): readonly JsonRoute[] {
  return [
    defineRoute(deps, {
      method: 'GET',
      path: '/panel/lan/authority.pem',
      auth: 'admin',
      tag: 'panel',
      summary: 'The certificate to trust for LAN mode, as PEM',
      reply: 'stream',
      handle: () => Promise.resolve(readAuthority(deps)),
    }),
  ]
}

function readAuthority({ lan }: Pick<AdminDeps, 'lan'>): RouteAnswer {
  const certificate = lan.authority()
  if (certificate === null)
    throw refuse('record_not_found', { reason: 'There is no authority of this gateway: LAN mode is off, or uses a certificate from elsewhere.' })
  return {
    kind: 'stream',
    contentType: 'application/x-pem-file',
    headers: { 'content-disposition': 'attachment; filename="tollgate-authority.pem"' },
    chunks: one(certificate),
  }
}

async function* one(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text)
}
