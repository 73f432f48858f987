// What "Copy snippet" copies: the shortest way to point a client at the gateway.
// Promises: runs as it stands once the key is in place. Leaves alone: whose key it is, and which models there are.

import { clientUrlOf } from './words.ts'

export const snippetNames = ['Claude Code', 'Open WebUI', 'Python', 'curl'] as const
export type SnippetName = (typeof snippetNames)[number]

const key = 'sk-tg-…'
const model = 'gpt-4o-mini'

export function toSnippet(name: SnippetName, baseUrl: string): string {
  const url = clientUrlOf(baseUrl)
  switch (name) {
    case 'Claude Code':
      return `export ANTHROPIC_BASE_URL=${new URL(baseUrl).origin}\nexport ANTHROPIC_AUTH_TOKEN=${key}\nclaude`
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
      return [
        `curl ${url}/chat/completions \\`,
        `  -H "Authorization: Bearer ${key}" \\`,
        '  -H "Content-Type: application/json" \\',
        `  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Hello"}]}'`,
      ].join('\n')
  }
}
