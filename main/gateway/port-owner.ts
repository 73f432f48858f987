// Which program has a port that the gateway wanted: "nginx, process 4711", for a sentence to people.
// Promises: bounded in time; null when it cannot be found, which is usual for other users' programs. Leaves alone: what to do about it.
// Source: proc_net(5) and proc_pid_fd(5), lsof(8), netstat and tasklist on learn.microsoft.com, as known 2026-11-21.

import { execFile } from 'node:child_process'
import { readdir, readFile, readlink } from 'node:fs/promises'

export interface OwnerTools {
  readonly platform: NodeJS.Platform
  /** What a program prints; rejects when it fails or takes too long. */
  readonly ask: (program: string, args: readonly string[]) => Promise<string>
}

export async function findPortOwner(port: number, tools: OwnerTools): Promise<string | null> {
  try {
    if (tools.platform === 'linux') return await ownerInProc(port)
    if (tools.platform === 'win32') return await ownerOnWindows(port, tools.ask)
    return ownerInLsof(await tools.ask('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']))
  } catch {
    // Not knowing is an answer: the sentence to people then names the port alone.
    return null
  }
}

export function createAsk(timeoutMs: number): OwnerTools['ask'] {
  return (program, args) =>
    new Promise((resolve, reject) => {
      execFile(program, [...args], { timeout: timeoutMs, windowsHide: true, maxBuffer: answerBytesMax }, (error, stdout) => {
        if (error === null) resolve(stdout)
        else reject(new Error(`${program} did not answer.`, { cause: error }))
      })
    })
}
const answerBytesMax = 4 * 1024 * 1024

const wordOwner = (name: string, pid: string): string => `${name.trim()}, process ${pid}`

async function ownerInProc(port: number): Promise<string | null> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')))
  const sockets = new Set(tables.flatMap((table) => listeningSockets(table, port)).map((inode) => `socket:[${inode}]`))
  if (sockets.size === 0) return null
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    if (await holdsOne(pid, sockets)) return wordOwner(await readFile(`/proc/${pid}/comm`, 'utf8'), pid)
  }
  return null
}

/** Inodes. A line: number local:port remote:port state … uid timeout inode …; state 0A listens, the port is hexadecimal. */
function listeningSockets(table: string, port: number): string[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/)
    return state === '0A' && local.endsWith(`:${wanted}`) ? [inode] : []
  })
}

async function holdsOne(pid: string, sockets: ReadonlySet<string>): Promise<boolean> {
  // Other users' processes, and those that end meanwhile, cannot be read.
  const names = await readdir(`/proc/${pid}/fd`).catch(() => [])
  const links = await Promise.all(names.map((name) => readlink(`/proc/${pid}/fd/${name}`).catch(() => '')))
  return links.some((link) => sockets.has(link))
}

/** `p4711` and `cnginx` on lines of their own. */
function ownerInLsof(printed: string): string | null {
  const pid = /^p(\d+)$/m.exec(printed)?.[1]
  const name = /^c(.+)$/m.exec(printed)?.[1]
  return pid === undefined || name === undefined ? null : wordOwner(name, pid)
}

async function ownerOnWindows(port: number, ask: OwnerTools['ask']): Promise<string | null> {
  const pid = listenerInNetstat(await ask('netstat', ['-ano', '-p', 'TCP']), port)
  if (pid === null) return null
  const [, name] = /^"([^"]+)"/.exec(await ask('tasklist', ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'])) ?? []
  return name === undefined ? null : wordOwner(name, pid)
}

/** `  TCP    127.0.0.1:4000    0.0.0.0:0    LISTENING    4711`; the state's word is translated, the remote end of a listener is not. */
function listenerInNetstat(printed: string, port: number): string | null {
  for (const line of printed.split(/\r?\n/)) {
    const [protocol, local = '', remote, , pid = ''] = line.trim().split(/\s+/)
    if (protocol === 'TCP' && local.endsWith(`:${port}`) && (remote === '0.0.0.0:0' || remote === '[::]:0') && /^\d+$/.test(pid)) return pid
  }
  return null
}
