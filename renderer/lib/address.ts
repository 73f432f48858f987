// Where the gateway is for whoever looks at the panel.
// Promises: on the gateway's own computer the address it goes by; from elsewhere the one the panel itself came from, which leads to it.
// Leaves alone: which addresses answer (the gateway).

const loopback = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/

/** `page`: of the panel, as in `window.location`; null in the desktop's window, which is always beside its gateway. */
export function baseUrlFrom(own: string, page: { readonly origin: string; readonly hostname: string } | null): string {
  return page === null || loopback.test(page.hostname) ? own : `${page.origin}/v1`
}
