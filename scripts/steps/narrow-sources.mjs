// Writes what a bundle holds beyond Latin-1 as escapes. V8 keeps the source of every module for as long as the process lives, at one byte a
// character or, for a single dash of typography somewhere in it, at two (v8.dev/docs: one- and two-byte strings, as known 2026-11-22): some 3 MB here.
// Promises: the program means the same; a sign that cannot be escaped where it stands fails the build. Leaves alone: what is Latin-1.

/** A plugin for vite. */
export function narrowSources() {
  return {
    name: 'narrow-sources',
    apply: 'build',
    generateBundle(_options, bundle) {
      for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk') chunk.code = narrow(chunk.code)
    },
  }
}

/** In strings, templates and patterns an escape is the sign itself; in comments nobody minds. @param {string} code */
export function narrow(code) {
  return code.replaceAll(/(\\*)([\u0100-\uffff])/g, (_all, slashes, sign) => {
    if (slashes.length % 2 === 1) throw new Error(`A backslash stands before U+${hexOf(sign)}; write it without.`)
    return `${slashes}\\u${hexOf(sign)}`
  })
}

const hexOf = (sign) => sign.charCodeAt(0).toString(16).padStart(4, '0')
