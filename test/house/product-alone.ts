// The repository speaks of the product alone: no loose ends, no other machine's paths, no registries, no documents one cannot open.
// Promises: a sentence with file and line for every match. Patterns are put together from pieces so that this file does not match itself.
// Leaves alone: the lock file (packages.test.ts) and binary files.

const either = (...words: readonly string[]): RegExp => new RegExp(words.join('|'))

const rules: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  { pattern: either('TO' + 'DO\\b', 'FIX' + 'ME\\b', 'X' + 'XX\\b', 'HA' + 'CK\\b'), why: 'loose ends belong in an issue' },
  { pattern: either('(?<![\\w.])/wo' + 'rk/', '\\.\\./sha' + 'red/', '/ho' + 'me/[a-z]+/', '/Use' + 'rs/[A-Za-z]+/'), why: "a path of somebody's machine" },
  { pattern: either('registry\\.npm' + 'js\\.org', 'registry\\.yarn' + 'pkg\\.com', 'npm\\.pkg\\.git' + 'hub', '_auth' + 'Token'), why: 'a package registry' },
  { pattern: /\b[Dd]ecisions? \d+/, why: 'a number nobody can look up; give the reason itself' },
]
/** A Markdown file named without a folder or an address. */
const bareDocument = /(?<![\w/.*-])[\w-]+\.md\b/g

/** `documents`: file names of the Markdown files that exist here. */
export function loneViolations(file: string, text: string, documents: ReadonlySet<string>): readonly string[] {
  return text.split('\n').flatMap((line, index) => {
    const at = `${file}:${index + 1}`
    const found = rules.filter((rule) => rule.pattern.test(line)).map((rule) => `${at}: ${rule.why}: ${line.trim().slice(0, 120)}`)
    const unknown = [...line.matchAll(bareDocument)].map((match) => match[0]).filter((name) => !documents.has(name))
    return [...found, ...unknown.map((name) => `${at}: names ${name}, which is not in the repository; give the reason itself`)]
  })
}
