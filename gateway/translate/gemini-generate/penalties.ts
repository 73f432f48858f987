// Which Gemini models take presence and frequency penalties.
// Promises: a name that shows no generation takes them. Leaves alone: what is done with one that is not taken.
// Source: "Penalty is not enabled for this model", a 400 from 2.5 on to any but 0, which does nothing (https://github.com/google-gemini/cookbook/issues/1290,
// https://github.com/BerriAI/litellm/issues/26108, as known 2026-11-22).

import { generationOf } from './write-thinking.ts'

export const takesPenalties = (model: string): boolean => (generationOf(model) ?? 0) < 2.5
