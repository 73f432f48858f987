// Where each system keeps application data: one folder for app and headless alike.
// Promises: the shell and the gateway find the same folder. Leaves alone: options and variables that name another, and joining the parts.

export interface Home {
  readonly platform: string
  readonly home: string
  readonly readVariable: (name: string) => string | undefined
}

export function dataFolderParts({ platform, home, readVariable }: Home): readonly [string, ...string[]] {
  if (platform === 'darwin') return [home, 'Library', 'Application Support', 'Tollgate']
  if (platform === 'win32') return [...localData(home, readVariable('LOCALAPPDATA')), 'Tollgate']
  const share = readVariable('XDG_DATA_HOME')
  return share === undefined ? [home, '.local', 'share', 'tollgate'] : [share, 'tollgate']
}

const localData = (home: string, given: string | undefined): readonly [string, ...string[]] => (given === undefined ? [home, 'AppData', 'Local'] : [given])
