// Every bound of the shell's duties by its name.
// Promises: no duty waits, keeps or writes without one of these. Leaves alone: the gateway's limits (gateway/config.ts), the supervisor's.

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const kib = 1024

export const shellLimits = Object.freeze({
  /** How often the gateway is asked what may have to interrupt a person. */
  alertsEveryMs: 30 * second,
  readTimeoutMs: 5 * second,
  verifyTimeoutMs: 60 * second,
  readBytesMax: 512 * kib,
  /** Quit when done; pausing; quit with nothing running, or now; told to by the system. Then the child is killed. */
  drainWhenDoneMs: 10 * minute,
  drainPauseMs: minute,
  drainNowMs: 2 * second,
  drainObeyMs: 3 * second,
  /** On top of a drain, until the app leaves whatever its child does. */
  leaveGraceMs: 10 * second,
  /** Between asking the app to end and making it. */
  exitGraceMs: 2 * second,
  noticesPerHour: 4,
  noticeWindowMs: hour,
  noticesToldMax: 500,
  noticesHeldMax: 50,
  providersDownMax: 50,
  /** A provider nobody has called since is forgotten, not recovered. */
  providerDownMs: 7 * 24 * hour,
  nameLengthMax: 60,
  reasonLengthMax: 200,
  warningsInTrayMax: 5,
  settingsBytesMax: 256 * kib,
  logTailBytes: 64 * kib,
  logFilesRead: 3,
  logLineLengthMax: 2000,
  bundleKeptMs: 10 * minute,
  /** What a message box can show of a support bundle. */
  previewLinesMax: 40,
  /** And of an update's notes. */
  noteLinesMax: 12,
})
