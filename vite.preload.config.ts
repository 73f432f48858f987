// Bundles the bridge between page and shell into dist/main/preload.cjs.
// Promises: one CommonJS file, because a sandboxed preload can load nothing beside it and no modules
// (https://www.electronjs.org/docs/latest/tutorial/sandbox, as known 2026-11-21). Leaves alone: the main process (vite.main.config.ts).

import { defineConfig } from 'vite'
import { noteBundledPackages } from './scripts/steps/bundled-packages.mjs'

export default defineConfig({
  publicDir: false,
  plugins: [noteBundledPackages('preload')],
  ssr: { noExternal: true, external: ['electron'], target: 'node' },
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/main',
    emptyOutDir: false,
    minify: false,
    sourcemap: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { preload: 'main/ipc/preload.ts' },
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
    },
  },
})
