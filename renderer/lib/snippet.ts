// Ready-to-paste commands, built from the gateway's own address and a model that exists.
// Promises: what is shown runs as it stands once the key is in place. Leaves alone: whose key it is.

const placeholder = 'sk-…'

export function curlSnippet(baseUrl: string, model: string, key: string = placeholder): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello' }] }, null, 2)
  return [
    `curl ${baseUrl}/chat/completions \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    '  -H "Content-Type: application/json" \\',
    `  -d '${body.replaceAll("'", `'\\''`)}'`,
  ].join('\n')
}

/** Two lines that every OpenAI SDK reads from the environment. */
export function envSnippet(baseUrl: string, key: string = placeholder): string {
  return `OPENAI_BASE_URL=${baseUrl}\nOPENAI_API_KEY=${key}`
}
