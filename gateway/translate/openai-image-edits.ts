// OpenAI's images from images and a prompt as a wire, sent as a form or as JSON. All it does it shares with images (openai-media/image-routes.ts).

import type { Wire } from '../contract/wire.ts'
import { imageRoutes } from './openai-media/image-routes.ts'
import { createMediaWire } from './openai-media/media-wire.ts'

export const openaiImageEdits: Wire = createMediaWire({ id: 'openai-image-edits', ...imageRoutes })
