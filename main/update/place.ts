// Where this copy of the app is, and how a new one takes that place and gives it back.
// Promises: the version before is kept whole beside the new one until the next update. A file is replaced in one step; a folder in two renames,
// the first of which is taken back when the second fails.
// Leaves alone: what is in either.

import { linkSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { UpdateKind } from './manifest.ts'

export interface Installation {
  /** null: by a package manager. */
  readonly kind: UpdateKind | null
  /** The folder or the file that is replaced. */
  readonly place: string
}
export interface Surroundings {
  readonly platform: NodeJS.Platform
  /** Of the running program. */
  readonly program: string
  /** The AppImage it runs from (main/os/app-image.ts). */
  readonly appImage: string | null
  readonly canWrite: (folder: string) => boolean
}

export function findInstallation({ platform, program, appImage, canWrite }: Surroundings): Installation {
  if (platform !== 'linux') return { kind: 'installer', place: program }
  if (appImage !== null) return { kind: canWrite(dirname(appImage)) ? 'file' : null, place: appImage }
  const tree = dirname(program)
  // Both the folder and the one it is in belong to root where a package manager put them.
  return { kind: canWrite(tree) && canWrite(dirname(tree)) ? 'tree' : null, place: tree }
}

/** Beside the place, so that a rename is enough. */
export const stagingOf = (place: string): string => `${place}.next`
export const previousOf = (place: string): string => `${place}.previous`

/** `staged` is the folder of the staged files; an AppImage is the one file in it. */
export function swapIn({ kind, place }: Installation, fileName: string): void {
  const [staged, previous] = [stagingOf(place), previousOf(place)]
  rmSync(previous, { recursive: true, force: true })
  if (kind === 'file') {
    linkSync(place, previous)
    renameSync(join(staged, fileName), place)
    rmSync(staged, { recursive: true, force: true })
    return
  }
  renameSync(place, previous)
  try {
    renameSync(staged, place)
  } catch (error) {
    renameSync(previous, place)
    throw error
  }
}

/** What failed goes; what was there before has its place again. */
export function swapBack({ kind, place }: Installation): void {
  const previous = previousOf(place)
  if (kind === 'file') return renameSync(previous, place)
  const failed = `${place}.failed`
  rmSync(failed, { recursive: true, force: true })
  renameSync(place, failed)
  renameSync(previous, place)
  rmSync(failed, { recursive: true, force: true })
}
