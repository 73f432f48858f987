// What the packages may hold, as patterns over paths: everything else in them is a mistake, and so is a pattern that nothing fits.
// Leaves alone: reading the packages.

const machine = `${process.platform}-${process.arch}`

/** What the gateway is made of, in every package. Native modules come with what runs on this machine alone. */
const gateway: readonly RegExp[] = [
  /^package\.json$/,
  /^dist\/gateway\/[\w-]+\.mjs$/,
  /^dist\/panel\/index\.html$/,
  /^dist\/panel\/assets\/[\w-]+\.(?:js|css|svg|woff2)$/,
  /^resources\/(?:models|providers)\.json$/,
  /^node_modules\/better-sqlite3\/(?:package\.json|LICENSE|lib\/[\w/-]+\.js)$/,
  new RegExp(`^node_modules/better-sqlite3/prebuilds/${machine}\\.node$`),
  /^node_modules\/keytar\/(?:package\.json|LICENSE|index\.js|keytar\.js)$/,
  new RegExp(`^node_modules/@napi-rs/keyring-${machine}(?:-gnu|-msvc)?/(?:package\\.json|keyring\\.[\\w-]+\\.node)$`),
]

export const desktopContents: readonly RegExp[] = [
  ...gateway,
  /^dist\/main\/[\w-]+\.(?:mjs|cjs)$/,
  /^resources\/icons\/app\.png$/,
  /^resources\/icons\/tray\/(?:serving|paused|attention|stopped)(?:-light|-dark|Template)(?:@2x)?\.png$/,
]

export const serverContents: readonly RegExp[] = [
  ...gateway,
  /^(?:LICENSE|THIRD-PARTY-NOTICES\.txt|README\.md|Containerfile|tollgate\.service)$/,
  /^node_modules\/(?:@napi-rs\/)?[\w-]+\/(?:README|LICENSE\.third-party)\.md$/,
]

/** The files that no pattern names, and the patterns that name no file. */
export function differences(
  files: readonly string[],
  contents: readonly RegExp[],
): { readonly unexpected: readonly string[]; readonly missing: readonly RegExp[] } {
  return {
    unexpected: files.filter((file) => !contents.some((pattern) => pattern.test(file))),
    missing: contents.filter((pattern) => !files.some((file) => pattern.test(file))),
  }
}
export const noDifferences = { unexpected: [], missing: [] }
