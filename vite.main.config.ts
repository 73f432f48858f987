// Bundles Electron's main process into dist/main/main.mjs, with everything it needs but Electron itself.
// Promises: one readable file, so that a stack trace can be read and the package lists what it holds.
// Leaves alone: the bridge (vite.preload.config.ts), the gateway, the panel.

import { defineConfig } from 'vite'
import { noteBundledPackages } from './scripts/steps/bundled-packages.mjs'

export default defineConfig({
  publicDir: false,
  plugins: [noteBundledPackages('main')],
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
      input: { main: 'main/main.ts' },
      external: ['electron'],
      output: { format: 'es', entryFileNames: '[name].mjs', codeSplitting: false },
    },
  },
})
