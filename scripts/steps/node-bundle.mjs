// What the bundles that run under Node or Electron have in common, for their vite configurations.
// Promises: readable (not minified), so that a stack trace can be read; everything is inside but the packages named as external; what went in is noted.
// Leaves alone: the panel, which runs in a browser (vite.config.ts).

import { mergeConfig } from 'vite'
import { noteBundledPackages } from './bundled-packages.mjs'
import { narrowSources } from './narrow-sources.mjs'

/**
 * @param {string} part name of the bundle, as in dist/
 * @param {string[]} external packages that stay packages
 * @param {import('vite').UserConfig} own what this bundle has for itself
 * @returns {import('vite').UserConfig}
 */
export function nodeBundle(part, external, own) {
  const common = {
    publicDir: false,
    plugins: [noteBundledPackages(part), narrowSources()],
    ssr: { noExternal: true, external, target: 'node' },
    build: { ssr: true, target: 'node24', minify: false, sourcemap: false, reportCompressedSize: false, rolldownOptions: { external } },
  }
  return mergeConfig(common, own)
}

/**
 * One file in dist/main/, which finds nothing but Electron beside it.
 * @param {string} part
 * @param {Record<string, string>} input its one entry, by name
 * @param {import('vite').Rolldown.OutputOptions} output its form and file name
 */
export function shellBundle(part, input, output) {
  return nodeBundle(part, ['electron'], {
    // The other file of the shell is built into the same folder.
    build: { outDir: 'dist/main', emptyOutDir: false, rolldownOptions: { input, output: { ...output, codeSplitting: false } } },
  })
}
