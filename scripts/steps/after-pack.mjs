// electron-builder's hook between packing and signing: checks the native modules and sets Electron's fuses.
// Promises: a program without fuses, with other fuses than these, or without its native modules fails the build; only the stand-in runtime has none.
// Source: https://www.electronjs.org/docs/latest/tutorial/fuses, as known 2026-11-21.

import { flipFuses, FuseV1Options, FuseVersion, getCurrentFuseWire } from '@electron/fuses'
import { Arch } from 'electron-builder'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { nativeFolders } from './shipped-packages.mjs'
import { standInVariable } from './stand-in-runtime.mjs'

/** Nothing turns the app into a plain Node, a debugger or a host of other code, and its files are the ones that were packed. */
export const fuses = {
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  // Electron checks it on Windows and macOS; on Linux it has no effect.
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
}
const [off, on] = ['0', '1'].map((digit) => digit.charCodeAt(0))

export async function afterPack(context) {
  checkNatives(context)
  if (process.env[standInVariable] === '1') return
  await setFuses(programOf(context), { isUnsignedMac: context.electronPlatformName === 'darwin' && context.arch === Arch.arm64 })
}

/** Sets the fuses and reads them back. @throws when the program has none, or one did not take. */
export async function setFuses(program, { isUnsignedMac = false } = {}) {
  await flipFuses(program, { version: FuseVersion.V1, resetAdHocDarwinSignature: isUnsignedMac, ...fuses })
  const wire = await getCurrentFuseWire(program)
  const wrong = Object.entries(fuses).filter(([fuse, state]) => wire[fuse] !== (state ? on : off))
  if (wrong.length > 0) throw new Error(`These fuses did not take: ${wrong.map(([fuse]) => FuseV1Options[fuse]).join(', ')}.`)
}

function programOf({ appOutDir, electronPlatformName, packager }) {
  const names = { linux: packager.executableName, win32: `${packager.appInfo.productFilename}.exe`, darwin: `${packager.appInfo.productFilename}.app` }
  return path.join(appOutDir, names[electronPlatformName])
}

/** npm installs the binaries of its own machine; a package for another one would start and find no keychain. */
function checkNatives({ appOutDir, arch, electronPlatformName, packager }) {
  const unpacked = path.join(packager.getResourcesDir(appOutDir), 'app.asar.unpacked')
  const wanted = [...nativeFolders(electronPlatformName, Arch[arch]), `node_modules/better-sqlite3/prebuilds/${electronPlatformName}-${Arch[arch]}.node`]
  const missing = wanted.filter((place) => !existsSync(path.join(unpacked, place)))
  if (missing.length > 0) throw new Error(`The package lacks ${missing.join(', ')}. Pack on a ${electronPlatformName} ${Arch[arch]} machine.`)
}
