// Ready-to-paste commands, built from the gateway's own address and a model that exists.
// Promises: what is shown runs as it stands once the key is in place: in a POSIX shell, or on Windows in PowerShell and in the command prompt.
// Leaves alone: whose key it is.

const placeholder = 'sk-…'

export interface Command {
  /** What runs it, for a button: "Copy as curl". */
  readonly title: 'curl' | 'PowerShell'
  readonly text: string
}
export interface Target {
  readonly baseUrl: string
  readonly model: string
  readonly key?: string
}

/** For the computer the panel is looked at on: that is where it is pasted. */
export function commandSnippet(target: Target, userAgent: string = navigator.userAgent): Command {
  return userAgent.includes('Windows') ? { title: 'PowerShell', text: powerShellSnippet(target) } : { title: 'curl', text: curlSnippet(target) }
}

/** The first name that can be asked for as it is: `openai/*` stands for many and is none itself. */
export function callableOf(names: readonly string[]): string | null {
  return names.find((name) => !name.includes('*')) ?? null
}

function curlSnippet({ baseUrl, model, key = placeholder }: Target): string {
  const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Say hello' }] }, null, 2)
  return [
    `curl ${baseUrl}/chat/completions \\`,
    `  -H "Authorization: Bearer ${key}" \\`,
    '  -H "Content-Type: application/json" \\',
    `  -d '${body.replaceAll("'", `'\\''`)}'`,
  ].join('\n')
}

/**
 * One line, quoted twice: the command prompt knows double quotes alone, and hands what stands in them on as it is. JSON's own quotes would be lost on the
 * way in Windows PowerShell, and curl's name means another command there: so PowerShell makes the body, and asks by itself.
 */
function powerShellSnippet({ baseUrl, model, key }: Target): string {
  const headers = `@{Authorization=${key === undefined ? `'Bearer ${placeholder}'` : quote(`Bearer ${key}`)}}`
  const body = `(@{model=${quote(model)};messages=@(@{role='user';content='Say hello'})} | ConvertTo-Json -Depth 4)`
  const ask = `Invoke-RestMethod '${baseUrl}/chat/completions' -Method Post -ContentType 'application/json; charset=utf-8' -Headers ${headers} -Body ${body}`
  return `powershell -NoProfile -Command "${ask} | ConvertTo-Json -Depth 9"`
}

/** A text of PowerShell's within double quotes; what either shell would read as its own is named by its number. */
function quote(text: string): string {
  const pieces = text.match(/[\w ./:@+-]+|[^]/g) ?? []
  const worded = pieces.map((piece) => (/^[\w ./:@+-]/.test(piece) ? `'${piece}'` : `[char]${String(piece.charCodeAt(0))}`))
  // Added to a text a character is text; a number begins a sum.
  return worded[0]?.startsWith("'") === true ? worded.join('+') : ["''", ...worded].join('+')
}

/** Two lines that every OpenAI SDK reads from the environment. */
export function envSnippet(baseUrl: string, key: string = placeholder): string {
  return `OPENAI_BASE_URL=${baseUrl}\nOPENAI_API_KEY=${key}`
}
