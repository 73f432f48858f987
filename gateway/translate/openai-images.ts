// OpenAI's images from a prompt as a wire. All it does it shares with edits (openai-media/image-routes.ts).

import type { Wire } from '../contract/wire.ts'
import { imageRoutes } from './openai-media/image-routes.ts'
import { createMediaWire } from './openai-media/media-wire.ts'

export const openaiImages: Wire = createMediaWire({ id: 'openai-images', ...imageRoutes })
