// A built panel in miniature: an index, a hashed script, a picture. Promises: held in memory. Leaves alone: what a real build holds.

import { toPanelFiles, type PanelFiles } from '../../gateway/contract/panel-files.ts'

const texts: Readonly<Record<string, string>> = {
  'index.html': '<!doctype html><title>Tollgate</title>',
  'assets/index-Abc123.js': 'export {}',
  'assets/index-Abc123.css': 'body{}',
  'assets/mark.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
}

export const smallPanel = (): PanelFiles =>
  toPanelFiles(Object.entries(texts).map(([name, text]) => ({ name, bytes: Buffer.from(text), digest: `digest-of-${name}` })))
