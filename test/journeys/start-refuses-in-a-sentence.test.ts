// A start that cannot go on says why in one clear sentence on standard error, ends with a code, and leaves nothing behind. --help and
// --version print to standard output and end with 0.

import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runBriefly, type BriefRun } from '../kit/brief-start.ts'
import { startGateway, type GatewayProcess } from '../kit/gateway-process.ts'

describe('a start that cannot go on', () => {
  let folder: string
  let dataDir: string
  let taken: Server
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tollgate-start-'))
    dataDir = join(folder, 'data')
    taken = createServer()
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  })
  afterAll(async () => {
    taken.close()
    await rm(folder, { recursive: true, force: true })
  })

  const start = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<BriefRun> =>
    runBriefly(['--port', '0', '--data-dir', dataDir, ...args], env)
  /** One line, a whole sentence, nothing else anywhere, and no stack. */
  function expectSentence(run: BriefRun, wanted: RegExp): void {
    expect(run.stderr.trim()).toMatch(wanted)
    expect(run.stderr.trim().split('\n')).toHaveLength(1)
    expect(run.stderr.trim()).toMatch(/^[A-Z].*\.$/)
    expect(run).toMatchObject({ code: 1, stdout: '' })
  }

  it.each([
    { args: ['--bogus'], says: /Unknown option '--bogus'.*--help/ },
    { args: ['--prot=4000'], says: /Unknown option '--prot'.*--help/ },
    { args: ['serve'], says: /Unexpected argument 'serve'.*--help/ },
    { args: ['--config'], says: /--config.*argument.*--help/ },
    { args: ['--port', '70000'], says: /port must be a number from 0 to 65535, not "70000"/ },
    { args: ['--port', 'four'], says: /port must be a number.*not "four"/ },
    { args: ['--durability', 'mostly'], says: /durability must be "full" or "normal", not "mostly"/ },
    { args: ['--data-dir='], says: /Option '--data-dir' is empty.*--help/ },
    { args: ['--host', ''], says: /Option '--host' is empty.*--help/ },
    { args: ['--allow-host', 'http://nas:4000'], says: /--allow-host .* such as nas\.local or nas\.local:4000, not "http:\/\/nas:4000"/ },
    { args: ['--allow-host', 'nas', '--allow-host', '*'], says: /--allow-host .* not "\*"/ },
    { args: ['--host', '203.0.113.7'], says: /Listening on 203\.0\.113\.7 needs an admin key/ },
    { args: ['--host', '0.0.0.0'], says: /Listening on 0\.0\.0\.0 needs an admin key set on purpose: set TOLLGATE_ADMIN_KEY/ },
  ])('$args is refused', async ({ args, says }) => {
    expectSentence(await start(args), says)
  })
  it('a wrong value in the environment is refused in the same words', async () => {
    expectSentence(await runBriefly(['--data-dir', dataDir], { TOLLGATE_PORT: 'x' }), /port must be a number.*not "x"/)
  })
  it('an admin key that no header can carry is refused before anybody tries it', async () => {
    expectSentence(await start([], { TOLLGATE_ADMIN_KEY: 'sk-schlüssel-of-the-house' }), /admin key holds a character that no HTTP header can carry/)
  })
  it('an address beyond this computer needs a long admin key, and a computer that has the address', async () => {
    expectSentence(await start(['--host', '0.0.0.0'], { TOLLGATE_ADMIN_KEY: 'sk-1234' }), /needs an admin key of at least 20 characters/)
    // An address set aside for documentation (RFC 5737) is nobody's own.
    expectSentence(
      await start(['--host', '203.0.113.7'], { TOLLGATE_ADMIN_KEY: 'sk-long-enough-for-the-network' }),
      /does not have the address given with --host/,
    )
    const nowhere = ['--host', 'nobody.invalid']
    expectSentence(await start(nowhere, { TOLLGATE_ADMIN_KEY: 'sk-long-enough-for-the-network' }), /name given with --host stands for no address/)
  })
  it('a taken port is named as that, and the data folder is free again', async () => {
    const port = String((taken.address() as AddressInfo).port)
    expectSentence(await runBriefly(['--port', port, '--data-dir', dataDir]), /port.* is already taken.*--port/)
    const after = await startGateway({ from: 'source', dataDir })
    expect(await after.stop()).toBe(0)
  })
  it('a data folder that is a file is refused', async () => {
    await writeFile(join(folder, 'file'), '')
    const run = await runBriefly(['--port', '0', '--data-dir', join(folder, 'file')])
    expectSentence(run, /data folder cannot be made, because a file stands in its place.*--data-dir/)
  })
  it('a ledger that is no database is refused without being touched', async () => {
    const damaged = join(folder, 'damaged')
    await mkdir(damaged)
    await writeFile(join(damaged, 'ledger.db'), 'this is not a database, it is a text that somebody put here')
    const run = await runBriefly(['--port', '0', '--data-dir', damaged])
    expectSentence(run, /ledger .*ledger\.db is not a database/)
    expect((await readdir(damaged)).filter((name) => name.startsWith('ledger'))).toEqual(['ledger.db'])
  })

  it('files of its own that cannot be loaded end it, although the ledger is open by then', async () => {
    const hook = join(folder, 'cut.mjs')
    const load = `(url, context, next) => { if (url.endsWith('/gateway/compose.ts')) throw new SyntaxError('Unexpected end of input'); return next(url, context) }`
    await writeFile(hook, `import { registerHooks } from 'node:module'\nregisterHooks({ load: ${load} })`)
    const run = await start([], { NODE_OPTIONS: `--import ${pathToFileURL(hook).href}` })
    expectSentence(run, /own files are incomplete or damaged \(Unexpected end of input\)\. Install it again/)
  })

  describe('while another one uses the folder', () => {
    let first: GatewayProcess
    beforeAll(async () => {
      first = await startGateway({ from: 'source', dataDir })
    })
    afterAll(async () => {
      await first.kill9()
    })
    it('a second start is refused, and the first goes on', async () => {
      expectSentence(await start([]), /Another Tollgate is already using the data folder .*data/)
      expect((await fetch(`${first.origin}/health/readiness`)).status).toBe(200)
    })
  })
  it('a folder whose gateway was killed can be used at once', async () => {
    const gateway = await startGateway({ from: 'source', dataDir })
    expect(await gateway.stop()).toBe(0)
  })
})

describe('a start that only tells', () => {
  it.each([
    ['--help', /--port <number>[\s\S]*--config <file\.yaml>[\s\S]*TOLLGATE_ADMIN_KEY/],
    ['--version', /^\d+\.\d+\.\d+\n$/],
  ])('%s prints to standard output and ends with 0', async (option, wanted) => {
    const run = await runBriefly([option])
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout).toMatch(wanted)
  })
})
