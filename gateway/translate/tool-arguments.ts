// Tool arguments as text to the object some vendors want instead.
// Promises: never throws and never loses what a model wrote. Leaves alone: whether it fits the tool's schema.

import type { JsonObject } from '../contract/json.ts'
import { parseObjectText } from './json-text.ts'

/** What is no JSON object is kept as text under `_raw`, so that the model can see its own mistake; nothing at all is an empty object. */
export function readArguments(text: string): JsonObject {
  if (text.trim() === '') return {}
  return parseObjectText(text) ?? { _raw: text }
}
