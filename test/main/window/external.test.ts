// The way out to the person's browser: two schemes, nothing hidden, confirmed by host.

import { beforeEach, expect, it } from 'vitest'
import { createExternalOpener } from '../../../main/window/external.ts'
import { resetElectron } from '../../kit/electron/index.ts'
import { opened } from '../../kit/electron/shell.ts'

beforeEach(resetElectron)

const hostile = [
  'file:///etc/passwd',
  'file://host/share/a.exe',
  'FILE:///C:/Windows/System32/calc.exe',
  'smb://host/share',
  'ms-msdt:/id PCWDiagnostic',
  'ms-msdt:-id%20PCWDiagnostic',
  'ms-officecmd:%7B%7D',
  'ms-settings:privacy',
  'search-ms:query=x&crumb=location:\\\\host\\share',
  'calculator:',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'vbscript:msgbox(1)',
  'blob:https://example.org/1',
  'about:blank',
  'chrome://settings',
  'view-source:https://example.org/',
  'app://panel/ui/',
  'ssh://root@example.org',
  'telnet://example.org',
  'ftp://example.org/a',
  'http://example.org/',
  'ws://example.org/',
  'jar:https://example.org!/a',
  'itms-services://?action=download-manifest&url=https://example.org/a.plist',
  'tel:+15550100',
  'sms:+15550100',
  '\\\\host\\share\\a.exe',
  '//example.org/a',
  'https:\\\\example.org\\a',
  'https:/\\example.org',
  'https:example.org',
  'https:/example.org',
  'https:///example.org',
  'https://',
  'https://?x',
  'https://user@example.org/',
  'https://user:password@example.org/',
  'https://example.org@evil.example/',
  'https://example.org%40evil.example/',
  'https://@example.org/',
  'https://exa\nmple.org/',
  'https://example.org/\r\nX: y',
  '\thttps://example.org/',
  ' https://example.org/',
  'https://example.org/ a',
  'https://example.org/\u0000',
  'https://exаmple.org/',
  'https://example。org/',
  'https://example.org/\u202Egnp.exe',
  'https://localhost/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://[::1]/',
  'https://router.local/',
  'https://intranet/',
  'https://metadata.internal/',
  'https://169.254.169.254/latest',
  'https://example.org:99999/',
  `https://example.org/${'a'.repeat(3000)}`,
  'mailto:',
  'mailto:a@example.org?attach=/etc/passwd',
  'mailto:a@example.org,b@example.org',
  'mailto:a@example.org%0Abcc:b@example.org',
  'mailto:"a b"@example.org',
  '',
]

it('opens none of more than 60 hostile addresses, and asks about none', async () => {
  expect(new Set(hostile).size).toBeGreaterThanOrEqual(60)
  const asked: string[] = []
  const open = createExternalOpener(async (host) => {
    asked.push(host)
    return true
  })
  for (const address of hostile) expect(await open(address), JSON.stringify(address)).toBe(false)
  expect([asked, opened.external]).toEqual([[], []])
})

it.each([
  ['https://docs.example.org/a?b=c#d', 'docs.example.org', 'https://docs.example.org/a?b=c#d'],
  ['HTTPS://Example.ORG', 'example.org', 'https://example.org/'],
  ['https://example.org:8443/', 'example.org:8443', 'https://example.org:8443/'],
  ['https://xn--bcher-kva.example/', 'xn--bcher-kva.example', 'https://xn--bcher-kva.example/'],
  ['https://example.org/a@b', 'example.org', 'https://example.org/a@b'],
  ['mailto:security@example.org', 'security@example.org', 'mailto:security@example.org'],
])('opens %s after showing %s', async (address, host, href) => {
  const asked: string[] = []
  const open = createExternalOpener(async (shown) => asked.push(shown) > 0)
  expect(await open(address)).toBe(true)
  expect([asked, opened.external]).toEqual([[host], [href]])
})

it('opens nothing when the person says no', async () => {
  expect(await createExternalOpener(async () => false)('https://example.org/')).toBe(false)
  expect(opened.external).toEqual([])
})
