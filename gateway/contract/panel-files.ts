// The panel's files as they are answered, by the gateway's door and by the window's own scheme: one look-up, one policy, one set of headers.
// Promises: files by exact name, so that no path is ever joined with input; what looks like a page gets the index; every file carries the policy.
// Leaves alone: reading files (kit/read-folder.ts), HTTP.

export interface PanelFile {
  readonly bytes: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}
export interface PanelFiles {
  /** `path` is below /ui/, undecoded. null when there is no such file and it does not look like a page. */
  find(path: string): PanelFile | null
  readonly count: number
}
/** `name` with forward slashes, from the folder of the built panel. */
export interface NamedBytes {
  readonly name: string
  readonly bytes: Uint8Array
  readonly digest: string
}

/** Of every answer, file or not. Files have a policy of their own; whatever else is sent, a vendor's page included, is nobody's origin and runs nothing. */
export const standingHeaders = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; sandbox; frame-ancestors 'none'",
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
  // Text becomes markup through Svelte's own templates alone; the name is the one Svelte gives its policy.
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html',
].join('; ')

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  json: 'application/json',
  woff2: 'font/woff2',
  webmanifest: 'application/manifest+json',
}

export function toPanelFiles(found: readonly NamedBytes[]): PanelFiles {
  const files = new Map<string, PanelFile>(found.map(({ name, bytes, digest }) => [name, { bytes, headers: headersFor(name, digest) }]))
  const index = files.get('index.html') ?? null
  return {
    count: files.size,
    find: (path) => files.get(path) ?? (looksLikePage(path) ? index : null),
  }
}

/** A deep link of the panel: no dot, no empty segment, and nothing encoded that another reader could take for a step to another folder. */
const looksLikePage = (path: string): boolean => /^(?:[\w~:@!$&'()*+,;=-]|%(?!2e|2f|5c|25)[2-7][0-9a-f]|\/(?!\/))*$/i.test(path)

function headersFor(name: string, digest: string): Record<string, string> {
  const hashed = name.startsWith('assets/')
  return {
    'content-type': types[/\.([^./]+)$/.exec(name)?.[1] ?? ''] ?? 'application/octet-stream',
    'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: `"${digest}"`,
    'content-security-policy': contentSecurityPolicy,
    'cross-origin-opener-policy': 'same-origin',
    'x-frame-options': 'DENY',
  }
}
