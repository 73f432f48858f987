// The operating system's keychain through @napi-rs/keyring: Secret Service, macOS Keychain, Windows Credential Manager.
// Promises: never the Linux kernel keyring (it is lost at reboot): where no Secret Service answers, opening fails.
// Leaves alone: time limits (lane), caching and wording (vault).

export interface SecretStore {
  read(name: string): Promise<string | null>
  write(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
}
export type OpenStore = () => Promise<SecretStore>

export const serviceName = 'Tollgate'

/** @throws Error where the native module or the keychain behind it is missing */
export async function openKeychain(): Promise<SecretStore> {
  // Imported on use: a platform without a prebuilt module still starts, with environment references only.
  const { AsyncEntry } = await import('keytar')
  // Without `store` the module falls back to the kernel keyring silently (its README, "Linux backend selection", as known 2026-11-21).
  const entry = (name: string): InstanceType<typeof AsyncEntry> => new AsyncEntry(serviceName, name, { linux: { store: 'secret-service' } })
  // The constructor throws at once where there is no Secret Service.
  entry('probe')
  return {
    read: async (name) => entry(name).getPassword(),
    write: async (name, text) => entry(name).setPassword(text),
    remove: async (name) => void (await entry(name).deletePassword()),
  }
}
