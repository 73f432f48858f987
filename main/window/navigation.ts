// Keeps every page of the app where it belongs: on pages of the panel, in one window, without guests.
// Promises: holds for each `web-contents-created`, whoever made it; windows are never opened from a page.
// Leaves alone: what the app itself loads, for which Electron raises none of these events.

import { app, type WebContents } from 'electron'
import { isPanelPage } from './address.ts'

/** Before the first window. */
export function guardNavigation(): void {
  app.on('web-contents-created', (_event, contents) => guard(contents))
}

function guard(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }))
  contents.on('will-frame-navigate', (event) => {
    // No frame below the page has any business: the policy allows none.
    if (!event.isMainFrame || !isPanelPage(event.url)) event.preventDefault()
  })
  contents.on('will-navigate', (event) => {
    if (!isPanelPage(event.url)) event.preventDefault()
  })
  contents.on('will-redirect', (event) => {
    if (!isPanelPage(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
}
