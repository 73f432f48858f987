// Which optional parts this machine has, so that a test that needs one is skipped by name instead of failing.
// Promises: looks for executables only, starts nothing; says how to get what is missing. Leaves alone: which skips are allowed.

import { accessSync, constants, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'

export interface Parts {
  /** dbus-run-session and gnome-keyring-daemon: a private Secret Service can be started. */
  readonly secretService: boolean
  /** Path of a Chromium: Playwright's own, else CHROMIUM_PATH, else one on the PATH. Null when there is none. */
  readonly chromium: string | null
  /** strace: system calls can be made to fail and to wait. */
  readonly strace: boolean
  /** systemd-analyze: units can be checked. */
  readonly systemd: boolean
  /** dpkg and dpkg-deb: Debian packages can be made, read and installed. */
  readonly dpkg: boolean
  /** desktop-file-validate: entries of menus can be checked. */
  readonly desktopFileValidate: boolean
  /** Path of Claude Code's program, where it was installed below test/agents. */
  readonly claudeCode: string | null
  /** Path of Codex' program, likewise. */
  readonly codex: string | null
}
export interface MissingPart {
  readonly part: keyof Parts
  /** A sentence: what to do to have it. */
  readonly enable: string
}

export const parts: Parts = {
  secretService: process.platform === 'linux' && findExecutable('dbus-run-session') !== null && findExecutable('gnome-keyring-daemon') !== null,
  chromium: findChromium(),
  strace: process.platform === 'linux' && findExecutable('strace') !== null,
  systemd: process.platform === 'linux' && findExecutable('systemd-analyze') !== null,
  dpkg: process.platform === 'linux' && findExecutable('dpkg') !== null && findExecutable('dpkg-deb') !== null,
  desktopFileValidate: findExecutable('desktop-file-validate') !== null,
  claudeCode: findClaudeCode(),
  codex: findCodex(),
}

/** What this machine lacks, each with the way to get it. */
export function missingParts(): readonly MissingPart[] {
  const secretService =
    'on Debian or Ubuntu, apt-get install gnome-keyring dbus-x11. Other systems keep secrets elsewhere; the test drives the Linux Secret Service.'
  const chromium = 'run npx playwright install chromium, or apt-get install chromium, or set CHROMIUM_PATH to the browser you have.'
  return [
    ...(parts.secretService ? [] : [{ part: 'secretService', enable: secretService } as const]),
    ...(parts.strace
      ? []
      : [{ part: 'strace', enable: 'on Linux, apt-get install strace. Other systems have no way to make a disk fail on purpose.' } as const]),
    ...(parts.systemd ? [] : [{ part: 'systemd', enable: 'on Debian or Ubuntu, apt-get install systemd. Other systems have no such units.' } as const]),
    ...(parts.dpkg ? [] : [{ part: 'dpkg', enable: 'use Debian, Ubuntu or one of their kin: they have it.' } as const]),
    ...(parts.desktopFileValidate ? [] : [{ part: 'desktopFileValidate', enable: 'on Debian or Ubuntu, apt-get install desktop-file-utils.' } as const]),
    ...(parts.claudeCode !== null ? [] : [{ part: 'claudeCode', enable: 'run npm install --prefix test/agents (about 400 MB).' } as const]),
    ...(parts.codex !== null ? [] : [{ part: 'codex', enable: 'run npm install --prefix test/agents (about 350 MB).' } as const]),
    ...(parts.chromium !== null ? [] : [{ part: 'chromium', enable: chromium } as const]),
  ]
}

/** The program itself, out of the package of this platform: it needs neither Node nor an install script. */
function findClaudeCode(): string | null {
  const place = resolve(import.meta.dirname, '../agents/node_modules/@anthropic-ai')
  const names = [`claude-code-${process.platform}-${process.arch}`, `claude-code-${process.platform}-${process.arch}-musl`]
  return names.flatMap((name) => ['claude', 'claude.exe'].map((file) => join(place, name, file))).find(isExecutable) ?? null
}

/** Likewise; the package keeps it below the name of its compiler's target. */
function findCodex(): string | null {
  const place = resolve(import.meta.dirname, `../agents/node_modules/@openai/codex-${process.platform}-${process.arch}/vendor`)
  return (
    foldersIn(place)
      .flatMap((target) => ['codex', 'codex.exe'].map((file) => join(place, target, 'bin', file)))
      .find(isExecutable) ?? null
  )
}

function findChromium(): string | null {
  const chosen = process.env['CHROMIUM_PATH']
  const named = ['chromium', 'chromium-browser', 'google-chrome'].map(findExecutable).find((path) => path !== null)
  return playwrightChromium() ?? (chosen !== undefined && isExecutable(chosen) ? chosen : null) ?? named ?? null
}

// Where `npx playwright install` puts browsers (https://playwright.dev/docs/browsers#managing-browser-binaries, as known 2026-11-21).
// Asking Playwright itself would load all of it into every test that only wants to know.
function playwrightChromium(): string | null {
  const caches: Partial<Record<NodeJS.Platform, string>> = { darwin: 'Library/Caches', win32: 'AppData/Local' }
  const folder = process.env['PLAYWRIGHT_BROWSERS_PATH'] ?? join(homedir(), caches[process.platform] ?? '.cache', 'ms-playwright')
  const revision = /"name": "chromium",\s*"revision": "(\d+)"/.exec(
    readOrEmpty(resolve(import.meta.dirname, '../../node_modules/playwright-core/browsers.json')),
  )?.[1]
  const place = join(folder, `chromium-${revision ?? ''}`)
  const names = ['chrome', 'chrome.exe', 'Chromium.app/Contents/MacOS/Chromium', 'Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing']
  return (
    foldersIn(place)
      .flatMap((inner) => names.map((name) => join(place, inner, name)))
      .find(isExecutable) ?? null
  )
}

function findExecutable(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    // Not there or not ours to run: both mean "no such part".
    return false
  }
}

function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // Playwright is not installed: then there is no browser of its own either.
    return ''
  }
}

function foldersIn(place: string): readonly string[] {
  try {
    return readdirSync(place)
  } catch {
    // No such folder: it was never installed.
    return []
  }
}
