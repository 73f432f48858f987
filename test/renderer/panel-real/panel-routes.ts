// Every route of the panel with something of the ledger's own that it must show. Promises: one row for each page and each kind of detail.
// Leaves alone: who serves the page, and what else is looked at (routes.spec.ts, window.spec.ts).

import type { FilledHouse } from './filled-house.ts'
import { twoSettings, type Setting } from './watched-page.ts'

export interface Route {
  readonly name: string
  readonly path: (filled: FilledHouse) => string
  readonly heading: string | RegExp
  /** Something of the ledger's own that the page must show. */
  readonly shows: string | RegExp
  /** Every setting when left out. */
  readonly settings?: readonly Setting[]
}
export const routes: readonly Route[] = [
  { name: 'home', path: () => '', heading: 'Home', shows: 'Night batch' },
  { name: 'home-30d', path: () => '?range=30d', heading: 'Home', shows: 'Night batch', settings: twoSettings },
  { name: 'requests', path: () => 'requests', heading: 'Requests', shows: 'Caller left' },
  { name: 'request-answered', path: ({ requests }) => `requests/${requests.answered}`, heading: 'Requests', shows: 'Reasoning tokens' },
  { name: 'request-retried', path: ({ requests }) => `requests/${requests.retried}`, heading: 'Requests', shows: 'Attempt 2: small', settings: twoSettings },
  { name: 'request-failed', path: ({ requests }) => `requests/${requests.failed}`, heading: 'Requests', shows: 'The provider failed' },
  { name: 'request-refused', path: ({ requests }) => `requests/${requests.refused}`, heading: 'Requests', shows: 'Blocked by a budget', settings: twoSettings },
  { name: 'request-cut', path: ({ requests }) => `requests/${requests.cut}`, heading: 'Requests', shows: 'Ended by the caller', settings: twoSettings },
  {
    name: 'request-open',
    path: ({ requests }) => `requests/${requests.open}`,
    heading: 'Requests',
    shows: /reserved until the request ends/,
    settings: twoSettings,
  },
  { name: 'spend', path: () => 'spend?compare=before', heading: 'Spend', shows: 'The export has the same total.' },
  { name: 'spend-keys', path: () => 'spend?range=24h&group=key', heading: 'Spend', shows: 'ci-bot', settings: twoSettings },
  { name: 'spend-providers', path: () => 'spend?group=provider&measure=requests', heading: 'Spend', shows: 'Not served', settings: twoSettings },
  { name: 'keys', path: () => 'keys', heading: 'Keys', shows: 'Contractor' },
  { name: 'key', path: ({ nearKeyId }) => `keys/${nearKeyId}`, heading: 'Night batch', shows: 'Take it back' },
  { name: 'key-new', path: () => 'keys/new', heading: 'New key', shows: 'Can use every model of this gateway.' },
  { name: 'providers', path: () => 'providers', heading: 'Providers', shows: 'config.yaml' },
  { name: 'provider-new', path: () => 'providers/new', heading: 'Add models', shows: 'OpenAI-compatible' },
  { name: 'missing', path: () => 'nowhere', heading: 'No such page', shows: /./ },
]
