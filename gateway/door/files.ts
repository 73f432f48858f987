// The panel's files, read once at start and served by exact name.
// Promises: no path is ever joined with input; a strict content security policy on every page; deep links get the index page.
// Leaves alone: building the files.

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative, sep } from 'node:path'

export interface PanelFile {
  readonly bytes: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}
export interface PanelFiles {
  /** `path` is below /ui/, undecoded. null when there is no such file and it does not look like a page. */
  find(path: string): PanelFile | null
  readonly count: number
}

// Svelte sets styles through the style object model, which this policy allows; nothing inline, nothing from elsewhere.
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "object-src 'none'",
].join('; ')

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
}

export function readPanelFiles(folder: string): PanelFiles {
  const files = new Map<string, PanelFile>()
  for (const name of listFiles(folder)) {
    const bytes = readFileSync(join(folder, name))
    files.set(name.split(sep).join('/'), { bytes, headers: headersFor(name, bytes) })
  }
  const index = files.get('index.html') ?? null
  return {
    count: files.size,
    find(path) {
      const exact = files.get(path)
      if (exact !== undefined) return exact
      return extname(path) === '' ? index : null
    },
  }
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
  } catch {
    // Without a built panel the gateway still serves its API; start-up says that the panel is missing.
    return []
  }
}

function headersFor(name: string, bytes: Uint8Array): Record<string, string> {
  const hashed = name.startsWith(`assets${sep}`)
  return {
    'content-type': types[extname(name)] ?? 'application/octet-stream',
    'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    'content-security-policy': contentSecurityPolicy,
    'cross-origin-opener-policy': 'same-origin',
    'x-frame-options': 'DENY',
  }
}
