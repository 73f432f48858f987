// A provider that is none: for deployments whose vendor is not known, or not of the shelf.
// Promises: it speaks nothing, has no address and takes no key. Leaves alone: what stands in its place (wildcards.ts, own-passage.ts).

import type { Provider } from '../contract/provider.ts'

export const noProvider: Omit<Provider, 'id' | 'title' | 'documentation'> = {
  aliases: [],
  local: false,
  wires: {},
  defaultBaseUrl: null,
  keyVariable: null,
  needsKey: false,
  headers: () => ({}),
  modelList: null,
  settings: [],
  quirks: {},
  abortedCalls: 'produced',
  priceVendor: null,
}
