// Builds the control panel from renderer/ to dist/panel, served by the gateway under /ui/.
// Promises: nothing is inlined (the panel runs under a policy without inline code or styles); one entry, pages and the chart as lazy chunks.
// Leaves alone: the gateway's own build.

import { svelte } from '@sveltejs/vite-plugin-svelte'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { noteBundledPackages } from './scripts/steps/bundled-packages.mjs'

const gateway = 'http://127.0.0.1:4000'
const forwarded = ['/panel', '/key', '/team', '/model', '/spend', '/health', '/credentials', '/vault', '/v1']

export default defineConfig({
  root: fileURLToPath(new URL('./renderer', import.meta.url)),
  base: '/ui/',
  plugins: [svelte({ configFile: false }), noteBundledPackages('panel')],
  build: {
    outDir: fileURLToPath(new URL('./dist/panel', import.meta.url)),
    emptyOutDir: true,
    // Engines that know light-dark() natively; older targets would have it rewritten into variables.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    // By number: where "localhost" is ::1 first, nothing answered at the address that is told, and the sign-in link's cookie is for this one.
    host: '127.0.0.1',
    port: 4080,
    strictPort: true,
    // The gateway checks Host and Origin; behind this proxy both must name the gateway itself.
    proxy: Object.fromEntries(forwarded.map((path) => [path, { target: gateway, changeOrigin: true, headers: { origin: gateway } }])),
  },
})
