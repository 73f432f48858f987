// The commands a person copies, for the shells they are pasted into.
// Promises: a POSIX shell runs its own here, with the words it would send; PowerShell's is read as both of its shells would read it.

import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { callableOf, commandSnippet } from '../../renderer/lib/snippet.ts'

const windows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36'
const other = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/148.0.0.0 Safari/537.36'
const baseUrl = 'http://127.0.0.1:4000/v1'
const odd = ["o'brien", 'a"b', '50%PATH%', '$HOME`x`', 'back\\slash', '東京 ü', '’curly“']

describe('where a POSIX shell is', () => {
  it.skipIf(process.platform === 'win32').each(odd)('curl gets the model %s as it is called', (model) => {
    const { title, text } = commandSnippet({ baseUrl, model, key: 'sk-x' }, other)
    const words = execFileSync('sh', ['-c', `curl() { for word; do printf '%s\\0' "$word"; done; }; ${text}`], { encoding: 'utf8' }).split('\0')
    expect([title, words[0], words[2]]).toEqual(['curl', `${baseUrl}/chat/completions`, 'Authorization: Bearer sk-x'])
    expect(JSON.parse(words[6] ?? '')).toMatchObject({ model, messages: [{ role: 'user', content: 'Say hello' }] })
  })
})

describe('on Windows', () => {
  it('one line asks, in the command prompt and in PowerShell', () => {
    expect(commandSnippet({ baseUrl, model: 'gpt-4o-mini', key: 'sk-tg-x' }, windows)).toEqual({
      title: 'PowerShell',
      text:
        `powershell -NoProfile -Command "Invoke-RestMethod 'http://127.0.0.1:4000/v1/chat/completions' -Method Post` +
        " -ContentType 'application/json; charset=utf-8' -Headers @{Authorization='Bearer sk-tg-x'}" +
        " -Body (@{model='gpt-4o-mini';messages=@(@{role='user';content='Say hello'})} | ConvertTo-Json -Depth 4) | ConvertTo-Json -Depth 9\"",
    })
    expect(commandSnippet({ baseUrl, model: 'm' }, windows).text).toContain("'Bearer sk-…'")
  })

  it.each(odd)('nothing in the model %s means anything to either shell', (model) => {
    const { text } = commandSnippet({ baseUrl, model, key: 'sk-x' }, windows)
    const inner = /^powershell -NoProfile -Command "([ -~]*)"$/.exec(text)?.[1] ?? ''
    expect(inner).not.toMatch(/["$`%^&!]/)
    const worded = /model=([^;]*);/.exec(inner)?.[1] ?? ''
    const read = worded.split('+').map((piece) => (piece.startsWith("'") ? piece.slice(1, -1) : String.fromCharCode(Number(piece.slice('[char]'.length)))))
    expect([read.join(''), worded.startsWith("'")]).toEqual([model, true])
  })
})

describe('the model that is named', () => {
  it('is one that can be asked for, and no pattern', () => {
    expect(callableOf(['*', 'openai/*', 'gpt-4o'])).toBe('gpt-4o')
    expect(callableOf(['openai/*'])).toBeNull()
  })
})
