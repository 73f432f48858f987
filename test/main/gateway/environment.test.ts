// What the child process gets as its environment, and what goes over the port instead.
// Promises: held against a list of names that hold secrets, on every system's spelling. Leaves alone: that it is used (supervised-gateway.test.ts).

import { describe, expect, it } from 'vitest'
import { variableLengthMax, variablesMax } from '../../../gateway/contract/shell.ts'
import { findDataFolder } from '../../../main/gateway/data-folder.ts'
import { pickEnvironment, pickVariables } from '../../../main/gateway/environment.ts'

describe("the child's environment", () => {
  it('holds where programs, folders, the session bus and the zone are', () => {
    const all = {
      PATH: '/bin',
      HOME: '/srv/a',
      LANG: 'de_DE.UTF-8',
      LC_ALL: 'C',
      TZ: 'Europe/Berlin',
      XDG_RUNTIME_DIR: '/run/1',
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/run/1/bus',
    }
    expect(pickEnvironment(all)).toEqual(all)
  })

  it('holds the same on Windows, however a name is written there', () => {
    const all = { Path: 'C:\\', SystemRoot: 'C:\\Windows', APPDATA: 'a', LOCALAPPDATA: 'b', TEMP: 'c', windir: 'C:\\Windows', USERPROFILE: 'd' }
    expect(pickEnvironment(all)).toEqual(all)
  })

  it.each([
    ...['OPENAI_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'GITHUB_TOKEN', 'TOLLGATE_ADMIN_KEY', 'TOLLGATE_PASSPHRASE', 'LITELLM_MASTER_KEY'],
    ...[
      'HTTPS_PROXY',
      'https_proxy',
      'ALL_PROXY',
      'NODE_OPTIONS',
      'NODE_EXTRA_CA_CERTS',
      'ELECTRON_RUN_AS_NODE',
      'LD_PRELOAD',
      'PATHS',
      'MY_LC_TOKEN',
      'SSH_AUTH_SOCK',
    ],
  ])('does not hold %s', (name) => {
    expect(pickEnvironment({ [name]: 'x' })).toEqual({})
    expect(pickVariables({ [name]: 'x' })).toEqual({ [name]: 'x' })
  })
})

describe('the variables for the port', () => {
  it('leave out what is not set, empty or too long, and never grow without bound', () => {
    expect(pickVariables({ A: undefined, B: '', C: 'c', D: 'd'.repeat(variableLengthMax), E: 'e'.repeat(variableLengthMax + 1) })).toEqual({
      C: 'c',
      D: 'd'.repeat(variableLengthMax),
    })
    const many = Object.fromEntries(Array.from({ length: variablesMax + 10 }, (_, index) => [`N${index}`, 'x']))
    expect(Object.keys(pickVariables(many))).toHaveLength(variablesMax)
  })
})

describe('the data folder', () => {
  it('is the one a variable names, else the one a gateway without a shell would take', () => {
    expect(findDataFolder({ TOLLGATE_DATA_DIR: '/srv/tollgate' })).toBe('/srv/tollgate')
    if (process.platform === 'linux') expect(findDataFolder({ TOLLGATE_DATA_DIR: '', XDG_DATA_HOME: '/srv/data' })).toBe('/srv/data/tollgate')
  })
})
