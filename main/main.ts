// Electron's main process: what the app sets, makes and joins, from its first line to the gateway's start.
// Promises: reads as a list; whatever decides is in the files it names. Leaves alone: everything else.

import { app, clipboard, session, utilityProcess } from 'electron'
import { toPanelFiles } from '../gateway/contract/panel-files.ts'
import { readFolder } from '../gateway/kit/read-folder.ts'
import { createDesktopGateway } from './gateway/desktop-supervisor.ts'
import { createAnswers } from './ipc/answers.ts'
import { handleChannels } from './ipc/handle.ts'
import { createNewsDesk } from './ipc/news.ts'
import { readPlaces } from './os/places.ts'
import { wordError, type PanelWindow } from './os/ports.ts'
import { openSettings } from './os/settings.ts'
import { runAlone } from './os/single-instance.ts'
import { startDuties } from './os/start-duties.ts'
import { chosenPort } from './os/troubles.ts'
import { createAppUpdate } from './update/app-update.ts'
import { createExternalOpener } from './window/external.ts'
import { guardNavigation } from './window/navigation.ts'
import { denyPermissions } from './window/permissions.ts'
import { declareScheme, serveScheme } from './window/privileges.ts'
import { createPanelScheme } from './window/scheme.ts'
import { createPanelWindow } from './window/window.ts'

app.enableSandbox()
// What Windows files notifications and the taskbar's icon under; the same as in electron-builder.yml.
app.setAppUserModelId('app.tollgate.desktop')
declareScheme()
guardNavigation()
runAlone(start)

function start(): PanelWindow {
  const places = readPlaces(process)
  const settings = openSettings(places.settingsFile)
  const { supervisor, log, logFolder, dataDir } = createDesktopGateway({
    fork: utilityProcess.fork,
    entry: places.gatewayEntry,
    environment: places.environment,
    port: chosenPort(settings),
    configPath: null,
  })
  denyPermissions(session.defaultSession)
  const scheme = createPanelScheme({ files: toPanelFiles(readFolder(places.panelFolder)), state: () => supervisor.state, fetch })
  serveScheme(scheme)
  const duties = startDuties({
    ...places,
    supervisor,
    settings,
    update: createAppUpdate({ ...places, supervisor, dataDir }),
    logFolder,
    openWindow: (wishes) =>
      createPanelWindow({ ...places, ...wishes, placeFile: places.windowFile, onProblem: (problem) => log.note('window-problem', { problem }) }),
  })
  const answers = createAnswers({
    duties: duties.desktop,
    supervisor,
    news: createNewsDesk(supervisor),
    scheme,
    openExternal: createExternalOpener(duties.desktop.confirmExternal),
    copyText: (text) => clipboard.writeText(text),
  })
  handleChannels(answers, (channel, error) => log.note('panel-channel-failed', { channel, error: wordError(error) }))
  duties.begin()
  return duties.window
}
