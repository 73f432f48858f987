// npm run icons: draws every picture of resources/icons from the SVG files in its source folder, in the Chromium that the tests use.
// Promises: each state of the tray in light, dark and as a macOS template, at one and at two pixels a point; the containers of Windows and macOS.
// Leaves alone: the drawings. The pictures are checked in, because a machine that builds may have no browser.

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { ensureInstalled } from './steps/install.mjs'
import { toIcns, toIco } from './steps/icon-files.mjs'
import { readParts } from './steps/suites.mjs'
import { inRoot } from './steps/tools.mjs'

const folder = (...parts) => inRoot('resources/icons', ...parts)
const trayStates = ['serving', 'paused', 'attention', 'stopped']
/** A name says what the icon is shown on: `light` is the dark glyph for a light bar. */
const trayColours = { '-light': '#1b1f23', '-dark': '#ffffff', Template: '#000000' }
const trayPixels = 16
const appSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024]
/** Up to here the drawing without details is used. */
const smallMax = 32
const windowsSizes = [16, 24, 32, 48, 64, 128, 256]
const linuxSizes = [16, 24, 32, 48, 64, 128, 256, 512]

await ensureInstalled()
const { parts, missing } = await readParts()
if (parts.chromium === null) throw new Error(`There is no Chromium here. ${missing.find((entry) => entry.part === 'chromium')?.enable ?? ''}`)
const { chromium } = await import('@playwright/test')
// Chromium's sandbox refuses to start for root.
const browser = await chromium.launch({ executablePath: parts.chromium, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
try {
  const page = await browser.newPage()
  await drawApp(page)
  await drawTray(page)
} finally {
  await browser.close()
}

async function drawApp(page) {
  const pictures = new Map()
  for (const size of appSizes) pictures.set(size, await draw(page, { drawing: size <= smallMax ? 'app-small' : 'app', size, colour: '#000000' }))
  rmSync(folder('linux'), { recursive: true, force: true })
  mkdirSync(folder('linux'), { recursive: true })
  for (const size of linuxSizes) writeFileSync(folder('linux', `${size}x${size}.png`), pictures.get(size))
  writeFileSync(folder('app.png'), pictures.get(256))
  writeFileSync(folder('app.ico'), toIco(windowsSizes.map((size) => ({ size, png: pictures.get(size) }))))
  writeFileSync(folder('app.icns'), toIcns(pictures))
}

async function drawTray(page) {
  rmSync(folder('tray'), { recursive: true, force: true })
  mkdirSync(folder('tray'), { recursive: true })
  for (const state of trayStates) {
    for (const [ending, colour] of Object.entries(trayColours)) {
      for (const [suffix, times] of [
        ['', 1],
        ['@2x', 2],
      ])
        writeFileSync(folder('tray', `${state}${ending}${suffix}.png`), await draw(page, { drawing: state, size: trayPixels * times, colour }))
    }
  }
}

/** One picture on nothing: what the drawing leaves empty is transparent. */
async function draw(page, { drawing, size, colour }) {
  const svg = readFileSync(folder('source', `${drawing}.svg`), 'utf8').replace('<svg ', `<svg width="${size}" height="${size}" `)
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(`<style>html, body { margin: 0; background: transparent; color: ${colour} } svg { display: block }</style>${svg}`)
  return await page.screenshot({ omitBackground: true, clip: { x: 0, y: 0, width: size, height: size } })
}
