// The gateway's own start with other numbers for its limits, taken from TEST_LIMITS as JSON.
// Promises: everything but the numbers is what users run. Leaves alone: which numbers (impatient-gateway.ts).

import { join } from 'node:path'
import { compose } from '../../../gateway/compose.ts'
import { readLaunch, readVariable, toGatewayConfig } from '../../../gateway/config.ts'
import type { Limits } from '../../../gateway/contract/config.ts'
import { readConfigFile } from '../../../gateway/intake/read-config-file.ts'
import { systemClock } from '../../../gateway/kit/clock.ts'
import { createLog } from '../../../gateway/kit/log.ts'
import { openBooks } from '../../../gateway/open-books.ts'

const root = join(import.meta.dirname, '../../..')
const launch = readLaunch()
const file = launch.configPath === null ? null : readConfigFile(launch.configPath, { readVariable, acceptUnsupported: false })
const config = toGatewayConfig(launch, file, { panelDir: join(root, 'dist/panel'), resourcesDir: join(root, 'resources'), version: 'test' })
const changed = JSON.parse(process.env['TEST_LIMITS'] ?? '{}') as Partial<Limits>
function giveUp(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
const limited = { ...config, limits: { ...config.limits, ...changed } }
const around = { log: createLog((line) => process.stderr.write(line), systemClock.nowMs), readVariable, clock: systemClock, onFatal: giveUp }
const gateway = await compose(limited, around, openBooks(limited, around))
await gateway.listen()
for (const line of gateway.greeting(false)) process.stdout.write(`${line}\n`)
process.on('SIGTERM', () => {
  void gateway.close(0).then(() => process.exit(0))
})
