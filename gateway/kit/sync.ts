// Makes files and their names durable.
// Promises: when it returns, the content (or the name) has been handed to the disk. Leaves alone: what is written.

import { closeSync, fsyncSync, openSync } from 'node:fs'

export function syncFile(path: string): void {
  const file = openSync(path, 'r+')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

export function syncFolder(path: string): void {
  // Windows has no such thing; there a rename is journaled by the file system.
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
