// Puts text on the clipboard: the desktop's in its window, the browser's elsewhere.
// false where the browser does not allow it: outside secure contexts there is no clipboard.

import { desktop } from '../lib/desktop.ts'

export async function copyText(text: string): Promise<boolean> {
  if (desktop === null && !('clipboard' in navigator)) return false
  try {
    if (desktop !== null) await desktop.copyText(text)
    else await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Denied by the browser or the person; the caller offers to copy by hand.
    return false
  }
}
