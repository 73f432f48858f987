// What "Copy snippet" copies on each system. Promises: a POSIX shell hands curl what it should. Leaves alone: PowerShell itself, which is not here.

import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { snippetNames, toSnippet } from '../../../main/os/snippets.ts'

const baseUrl = 'http://127.0.0.1:4000'
const body = '{"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Hello"}]}'

test.each([
  ['win32', 'Claude Code', '$env:ANTHROPIC_BASE_URL = "http://127.0.0.1:4000"\n$env:ANTHROPIC_AUTH_TOKEN = "sk-tg-…"\nclaude'],
  ['linux', 'Claude Code', 'export ANTHROPIC_BASE_URL=http://127.0.0.1:4000\nexport ANTHROPIC_AUTH_TOKEN=sk-tg-…\nclaude'],
  ['darwin', 'Claude Code', 'export ANTHROPIC_BASE_URL=http://127.0.0.1:4000\nexport ANTHROPIC_AUTH_TOKEN=sk-tg-…\nclaude'],
  [
    'win32',
    'curl',
    `'${body}' | curl.exe http://127.0.0.1:4000/v1/chat/completions -H "Authorization: Bearer sk-tg-…" -H "Content-Type: application/json" -d '@-'`,
  ],
  [
    'linux',
    'curl',
    `curl http://127.0.0.1:4000/v1/chat/completions \\\n  -H "Authorization: Bearer sk-tg-…" \\\n  -H "Content-Type: application/json" \\\n  -d '${body}'`,
  ],
] as const)('on %s, %s', (platform, name, text) => {
  expect(toSnippet(name, baseUrl, platform)).toBe(text)
})

test.each(['Open WebUI', 'Python'] as const)('%s is the same on every system', (name) => {
  expect(toSnippet(name, baseUrl, 'win32')).toBe(toSnippet(name, baseUrl, 'linux'))
})

test.each(snippetNames)('%s has nothing of a POSIX shell on Windows', (name) => {
  expect(toSnippet(name, baseUrl, 'win32')).not.toMatch(/export |\\$/m)
})

describe.skipIf(process.platform === 'win32')('a POSIX shell', () => {
  test('hands curl the address, the headers and the body', () => {
    const printed = execFileSync('sh', ['-c', `curl() { printf '%s\\n' "$@"; }\n${toSnippet('curl', baseUrl, 'linux')}`], { encoding: 'utf8' })
    expect(printed.trimEnd().split('\n')).toEqual([
      `${baseUrl}/v1/chat/completions`,
      '-H',
      'Authorization: Bearer sk-tg-…',
      '-H',
      'Content-Type: application/json',
      '-d',
      body,
    ])
  })
})
