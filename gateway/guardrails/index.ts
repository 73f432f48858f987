// The shelf of guardrails: one line per plug. None is shipped yet; the corridor's guard room already walks this list.

import type { Guardrail } from '../contract/request.ts'

export const guardrails: readonly Guardrail[] = []
