// What the panel's session is called in a browser.
// Promises: by TLS a name that browsers keep to TLS, to this host and to all of its paths (`__Host-`). Leaves alone: its value.
// Source: https://www.rfc-editor.org/rfc/rfc6265bis, section 4.1.3, as known 2026-11-21.

export const sessionCookieName = (secure: boolean): string => (secure ? '__Host-tollgate_session' : 'tollgate_session')
