// Notes which packages went into a bundle, for the licence notices and the bill of materials of what is packed.
// Promises: a package is named when code of it is in a chunk, by its folder in package-lock.json; the list stands beside the build's stamp in dist/.
// Leaves alone: native modules, which stay packages (shipped-packages.mjs).

import { mkdirSync, writeFileSync } from 'node:fs'
import { inRoot } from './tools.mjs'

export const listOfPart = (part) => inRoot('dist', `.${part}-packages.json`)

/** A plugin for vite. @param {string} part name of the bundle, as in dist/ */
export function noteBundledPackages(part) {
  return {
    name: 'note-bundled-packages',
    apply: 'build',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((chunk) => Object.keys(chunk.modules ?? {}))
      const folders = [...new Set(modules.map(packageFolder).filter((folder) => folder !== null))].sort()
      mkdirSync(inRoot('dist'), { recursive: true })
      writeFileSync(listOfPart(part), `${JSON.stringify(folders, null, 2)}\n`)
    },
  }
}

/** `…/node_modules/@a/b/lib/c.js` → `node_modules/@a/b`; null for a module of ours or of the bundler. */
export function packageFolder(module) {
  return /node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/\0?]+/.exec(module.replaceAll('\\', '/'))?.[0] ?? null
}
