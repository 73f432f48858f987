// The panel's address inside the window: one scheme, one host. Promises: one answer to "is this ours?", for navigation, messages and requests alike.
// Leaves alone: what is served there (scheme.ts).

export const panelScheme = 'app'
export const panelOrigin = `${panelScheme}://panel`
export const panelHome = `${panelOrigin}/ui/`

/** The address as a URL when it is of the panel's origin, with nothing hidden in it; else null. */
export function parsePanelUrl(address: string): URL | null {
  const url = URL.parse(address)
  // Node gives no origin for schemes it does not know, so the parts are compared.
  const ours = url?.protocol === `${panelScheme}:` && url.host === 'panel' && url.username === '' && url.password === ''
  return ours ? url : null
}

/** A page of the panel: where the window may go. */
export const isPanelPage = (address: string): boolean => parsePanelUrl(address)?.pathname.startsWith('/ui/') === true
