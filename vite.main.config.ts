// Bundles Electron's main process into dist/main/main.mjs, with everything it needs but Electron itself.
// Promises: one readable file, so that a stack trace can be read and the package lists what it holds.
// Leaves alone: the bridge (vite.preload.config.ts), the gateway, the panel.

import { shellBundle } from './scripts/steps/node-bundle.mjs'

export default shellBundle('main', { main: 'main/main.ts' }, { format: 'es', entryFileNames: '[name].mjs' })
