// Sentences about environment variables that hold provider credentials.
// Leaves alone: their values, which never reach the panel.

/** "OPENAI_API_KEY is set" for a variable the gateway sees; what to do for one it does not. */
export function envName(variable: string, isSet: boolean): string {
  if (isSet) return ` ${variable} is set`
  return variable.trim() === ''
    ? 'Its value never leaves the gateway.'
    : `${variable} is read when the gateway calls the provider. If it is not set yet, set it and start the gateway again.`
}
