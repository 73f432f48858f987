// Bundles the gateway into dist/gateway/: main.mjs, child.mjs for the desktop shell, the ledger's threads and its command, with everything they need but the native modules.
// Promises: flat .mjs files, readable (not minified), so that a stack trace can be read; better-sqlite3 and keytar stay packages.
// Leaves alone: the panel (vite.config.ts), and resources/, which the gateway reads from where they are.

import { fileURLToPath } from 'node:url'
import { nodeBundle } from './scripts/steps/node-bundle.mjs'

export const nativeModules = ['better-sqlite3', 'keytar']

export default nodeBundle('gateway', nativeModules, {
  // koa can guess content types by file name; nothing here asks it to, and the list behind that is a fifth of the bundle.
  resolve: { alias: { 'mime-db': fileURLToPath(new URL('./scripts/steps/no-media-types.json', import.meta.url)) } },
  build: {
    outDir: 'dist/gateway',
    emptyOutDir: true,
    rolldownOptions: {
      input: {
        main: 'gateway/main.ts',
        child: 'gateway/child.ts',
        'ledger-writer': 'gateway/ledger/writer-thread.ts',
        'ledger-reader': 'gateway/ledger/reader-thread.ts',
        'ledger-care': 'gateway/ledger/care-thread.ts',
        'ledger-command': 'gateway/ledger-command.ts',
      },
      // `depd` (below koa) builds its deprecation wrappers with eval; the one such warning that is known and harmless.
      onLog: (level, log, report) => {
        if (log.code !== 'EVAL' || log.id?.includes('/depd/') !== true) report(level, log)
      },
      output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
    },
  },
})
