// OpenAI's translations as a wire: the text of a recording, in English. All it does it shares with transcriptions (openai-media/recording-routes.ts).

import type { Wire } from '../contract/wire.ts'
import { createMediaWire } from './openai-media/media-wire.ts'
import { recordingRoutes } from './openai-media/recording-routes.ts'

export const openaiTranslations: Wire = createMediaWire({ id: 'openai-translations', ...recordingRoutes })
