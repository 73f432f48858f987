// What the panel reads of a local engine. Promises: nothing that is secret. Leaves alone: finding it (intake/discover.ts).

/** GET /panel/engines: local engines found on this computer. */
export interface PanelEngine {
  readonly providerId: string
  readonly title: string
  readonly baseUrl: string
  readonly state: 'found' | 'needs-key' | 'other' | 'none'
  readonly models: readonly string[]
}
