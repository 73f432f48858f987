// OpenAI's transcriptions as a wire: the text of a recording, in its own language. All it does it shares with translations (openai-media/recording-routes.ts).

import type { Wire } from '../contract/wire.ts'
import { createMediaWire } from './openai-media/media-wire.ts'
import { recordingRoutes } from './openai-media/recording-routes.ts'

export const openaiTranscriptions: Wire = createMediaWire({ id: 'openai-transcriptions', ...recordingRoutes })
