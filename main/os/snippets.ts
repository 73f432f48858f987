// What "Copy snippet" copies: the shortest way to point a client at the gateway.
// Promises: runs as it stands once the key is in place, in PowerShell on Windows, in a POSIX shell elsewhere.
// Leaves alone: whose key it is, and which models there are.

import { clientUrlOf } from './words.ts'

export const snippetNames = ['Claude Code', 'Open WebUI', 'Python', 'curl'] as const
export type SnippetName = (typeof snippetNames)[number]

const key = 'sk-tg-…'
const model = 'gpt-4o-mini'

const body = `{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}`

export function toSnippet(name: SnippetName, baseUrl: string, platform: NodeJS.Platform): string {
  const url = clientUrlOf(baseUrl)
  switch (name) {
    case 'Claude Code':
      return toClaudeCode(new URL(baseUrl).origin, platform)
    case 'Open WebUI':
      return `OPENAI_API_BASE_URL=${url}\nOPENAI_API_KEY=${key}`
    case 'Python':
      return [
        'from openai import OpenAI',
        '',
        `client = OpenAI(base_url="${url}", api_key="${key}")`,
        `reply = client.chat.completions.create(model="${model}", messages=[{"role": "user", "content": "Hello"}])`,
        'print(reply.choices[0].message.content)',
      ].join('\n')
    case 'curl':
      return toCurl(`${url}/chat/completions`, platform)
  }
}

function toClaudeCode(origin: string, platform: NodeJS.Platform): string {
  if (platform === 'win32') return `$env:ANTHROPIC_BASE_URL = "${origin}"\n$env:ANTHROPIC_AUTH_TOKEN = "${key}"\nclaude`
  return `export ANTHROPIC_BASE_URL=${origin}\nexport ANTHROPIC_AUTH_TOKEN=${key}\nclaude`
}

function toCurl(address: string, platform: NodeJS.Platform): string {
  const headers = [`-H "Authorization: Bearer ${key}"`, '-H "Content-Type: application/json"']
  // `curl` alone is another command in Windows PowerShell. The body goes in by the pipe: until PowerShell 7.2 quotes within an argument are lost, and
  // what saves them there spoils them from 7.3 on (https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_parsing).
  if (platform === 'win32') return [`'${body}' | curl.exe ${address}`, ...headers, "-d '@-'"].join(' ')
  return [`curl ${address} \\`, ...headers.map((header) => `  ${header} \\`), `  -d '${body}'`].join('\n')
}
