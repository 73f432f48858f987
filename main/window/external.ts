// The only way out to the person's browser or mail program: checked, shown, confirmed, then opened.
// Promises: https and mailto alone, as the URL standard reads them, with nothing hidden in them; what is opened is the address as it was read.
// Leaves alone: how the question looks (a duty).

import { shell } from 'electron'

const addressLengthMax = 2048

export type OpenExternal = (address: string) => Promise<boolean>

/** `confirm` is shown the host (or the mail address) and decides. */
export function createExternalOpener(confirm: (host: string) => Promise<boolean>): OpenExternal {
  return async (address) => {
    const found = parseExternal(address)
    if (found === null || !(await confirm(found.shown))) return false
    await shell.openExternal(found.href)
    return true
  }
}

/** null: not an address to leave for. */
export function parseExternal(address: string): { readonly href: string; readonly shown: string } | null {
  // Visible ASCII only: browsers drop tabs and line breaks and turn backslashes round, so that two readers see two addresses.
  if (address.length > addressLengthMax || !/^[\x21-\x7e]+$/.test(address) || address.includes('\\')) return null
  const mail = /^mailto:([\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+)$/i.exec(address)?.[1]
  if (mail !== undefined) return { href: `mailto:${mail}`, shown: mail }
  // Written out: `https:example.org` and `https:///example.org` are read as addresses, too.
  if (!/^https:\/\/[^/@]+(?:[/?#]|$)/i.test(address)) return null
  const url = URL.parse(address)
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '' || !isPublicName(url.hostname)) return null
  return { href: url.href, shown: url.host }
}

/** A name with a dot that is no number: the panel links to documentation, not to machines of this network. */
const isPublicName = (host: string): boolean =>
  /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+$/.test(host) && !/\.(?:local|localhost|internal)$/.test(host)
