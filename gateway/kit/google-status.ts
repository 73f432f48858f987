// The names Google's APIs give to HTTP statuses, and what its error details look like.
// Promises: every status has a name. Leaves alone: which status an error has.
// Source: https://cloud.google.com/apis/design/errors (google.rpc.Code), as known 2026-11-21.

const names: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'UNIMPLEMENTED',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

export function statusNameOf(httpStatus: number): string {
  return names[httpStatus] ?? (httpStatus < 500 ? 'INVALID_ARGUMENT' : 'INTERNAL')
}

/** Which of our error codes it was, for programs. */
export function errorInfo(code: string): { readonly '@type': string; readonly reason: string; readonly domain: string } {
  return { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: code.toUpperCase(), domain: 'tollgate' }
}
