// `nativeImage`: knows where a picture came from. Promises: a path is kept as it was given. Leaves alone: pixels.
// Source: https://www.electronjs.org/docs/latest/api/native-image (Electron 45, as known 2026-11-21).

export interface NativeImage {
  readonly path: string
}
export const nativeImage = {
  createFromPath: (path: string): NativeImage => ({ path }),
}
