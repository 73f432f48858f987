// What bounds a short text request: nothing but its bytes.

import type { RequestBound } from '../../gateway/contract/wire.ts'

export const plainBound: RequestBound = { mediaBytes: 0, images: 0, files: 0, outputTokensMax: undefined, choices: 1, unbounded: [] }
