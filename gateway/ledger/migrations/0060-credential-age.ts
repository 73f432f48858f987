// When a secret was last put into the vault, beside its reference.
// Promises: adds two columns; what was saved before has no age rather than a guessed one. Leaves alone: secrets, which are not here.

export const credentialAge = {
  version: 60,
  sql: `
ALTER TABLE credential ADD COLUMN saved_at INTEGER;
ALTER TABLE deployment ADD COLUMN saved_at INTEGER;
`,
}
