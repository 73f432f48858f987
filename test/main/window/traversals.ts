// Two hundred ways to ask a file server for a file it should not give, as URLs of the panel's scheme.
// Promises: each differs from the others. Leaves alone: who is asked. Sources: OWASP's and Burp's public lists of path traversal spellings, as known 2026-11-21.

const steps = [
  '../',
  '..%2f',
  '..%2F',
  '%2e%2e/',
  '%2e%2e%2f',
  '%2E%2E%2F',
  '.%2e/',
  '..%5c',
  '..%255c',
  '..%252f',
  '%252e%252e%252f',
  '..%c0%af',
  '%c0%ae%c0%ae/',
  '..%ef%bc%8f',
  '....//',
  '..;/',
  '..%00/',
  './../',
  '..//',
  'assets/../../',
]
const targets = [
  'etc/passwd',
  'etc/passwd%00.js',
  'proc/self/environ',
  'Windows/win.ini',
  'ledger.db',
  'package.json',
  'index.html/../../vault.json',
  '.env',
  'main/main.mjs',
]
const bases = ['ui/', 'ui/assets/']
/** With `steps` and `targets` there are more than enough; these are of other kinds. */
const others = [
  'ui/%2fetc%2fpasswd',
  'ui/%5c%5chost%5cshare',
  'ui//etc/passwd.txt',
  'ui/C:%5cWindows%5cwin.ini',
  'ui/file:%2f%2f%2fetc%2fpasswd',
  'ui/assets/index-Abc123.js%00',
  'ui/assets/index-Abc123.js/..%2f..%2fmain.mjs',
  'ui/assets//mark.svg',
  'ui/ASSETS/mark.svg',
  'ui/assets/mark%2esvg',
  'ui/assets/mark.svg.map',
  'ui/.well-known/x',
  'etc/passwd',
  'assets/mark.svg',
  'index.html',
  'uix/index.html',
  'UI/index.html',
  '%75i/index.html',
  'v1/models',
  'v1/chat/completions',
  'api/tags',
  'panel',
  'panel/%2e%2e%2fv1/models',
  'panel//session',
  'panel/sign-in',
  'key%2fgenerate',
  'openapi.json',
  'v1beta/models',
  'anthropic/v1/messages',
  'metrics',
]

export const traversals: readonly string[] = [
  ...bases
    .flatMap((base) => steps.flatMap((step) => targets.map((target) => `app://panel/${base}${step.repeat(3)}${target}`)))
    // Every second one: still each step and each target, in two hundred addresses.
    .filter((_address, index) => index % 2 === 0)
    .slice(0, 170),
  ...others.map((path) => `app://panel/${path}`),
]
