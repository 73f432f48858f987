// Where the panel is: the path as a route, the query as state, history underneath.
// Promises: Back and Forward always work; links are ordinary links; filters replace, pages push.
// Leaves alone: what a page does with its query.

import { desktop } from '../lib/desktop.ts'
import { type Route, parsePath, toPath, withQuery } from '../lib/router.ts'

class PanelLocation {
  path = $state(window.location.pathname)
  search = $state(window.location.search)
  readonly route: Route = $derived(parsePath(this.path))
  readonly query: URLSearchParams = $derived(new URLSearchParams(this.search))

  constructor() {
    window.addEventListener('popstate', () => this.#read())
  }

  go(route: Route, query: Readonly<Record<string, string | number | null>> = {}): void {
    this.open(withQuery(toPath(route), query))
  }

  open(href: string): void {
    window.history.pushState(null, '', href)
    this.#read()
  }

  /** As `go`, in place of the present entry. */
  replace(route: Route): void {
    window.history.replaceState(null, '', toPath(route))
    this.#read()
  }

  /** Changes parameters of the present page without a new history entry; null removes one. */
  refine(changes: Readonly<Record<string, string | number | null>>): void {
    const next: Record<string, string | number | null> = { ...Object.fromEntries(this.query), ...changes }
    window.history.replaceState(null, '', withQuery(this.path, next))
    this.#read()
  }

  /** Follows a click on one of the panel's own links; others are left to the browser, in the desktop's window to the shell. */
  follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = event.target instanceof Element ? event.target.closest('a') : null
    if (desktop !== null && link !== null && link.origin !== window.location.origin) {
      event.preventDefault()
      // Whether it is opened is between the shell and the person; the page has nothing to add.
      void desktop.openExternal(link.href).catch(() => undefined)
      return
    }
    if (link === null || link.target !== '' || link.hasAttribute('download') || link.origin !== window.location.origin || !link.pathname.startsWith('/ui/'))
      return
    if (link.getAttribute('href')?.startsWith('#') === true) return
    event.preventDefault()
    this.open(link.pathname + link.search)
  }

  #read(): void {
    this.path = window.location.pathname
    this.search = window.location.search
  }
}

export const place = new PanelLocation()
