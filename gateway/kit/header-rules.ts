// Headers that never travel through a gateway: those of one connection, those that say where a call came from, and cookies.
// Promises: lower-case names in, one answer. Leaves alone: credentials of vendors, which are headers like any other here.
// Source: RFC 9110, 7.6.1 (Connection), RFC 7239 (Forwarded), RFC 6265 (Cookie), as known 2026-11-21.

const never = new Set([
  'connection',
  'content-length',
  'cookie',
  'cookie2',
  'expect',
  'forwarded',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'true-client-ip',
  'upgrade',
  'via',
  'x-client-ip',
  'x-real-ip',
])

/** May not be sent to a vendor, whoever asks for it. */
export const staysHere = (name: string): boolean => never.has(name) || name.startsWith('proxy-') || name.startsWith('x-forwarded')
