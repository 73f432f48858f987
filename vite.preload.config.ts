// Bundles the bridge between page and shell into dist/main/preload.cjs.
// Promises: one CommonJS file, because a sandboxed preload can load nothing beside it and no modules
// (https://www.electronjs.org/docs/latest/tutorial/sandbox, as known 2026-11-21). Leaves alone: the main process (vite.main.config.ts).

import { shellBundle } from './scripts/steps/node-bundle.mjs'

export default shellBundle('preload', { preload: 'main/ipc/preload.ts' }, { format: 'cjs', entryFileNames: '[name].cjs' })
