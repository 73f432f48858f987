// Puts text on the clipboard. false where the browser does not allow it: outside secure contexts there is no clipboard.

export async function copyText(text: string): Promise<boolean> {
  if (!('clipboard' in navigator)) return false
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    // Denied by the browser or the person; the caller offers to copy by hand.
    return false
  }
}
