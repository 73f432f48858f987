// Every way this vendor misbehaves, by theme, and the way it does when it does not.
// Promises: a name means one of them. Leaves alone: when one is drawn (vendor.ts).

import { connectionMisbehaviours } from './connection.ts'
import { contentMisbehaviours } from './content.ts'
import { cutMisbehaviours } from './cuts.ts'
import { framingMisbehaviours } from './framing.ts'
import { headMisbehaviours } from './heads.ts'
import { everyDialect, type Misbehaviour } from './misbehaviour.ts'
import { mutationMisbehaviours } from './mutations.ts'
import { say } from './reply.ts'
import { statusMisbehaviours } from './status.ts'
import { timingMisbehaviours } from './timing.ts'
import { usageMisbehaviours } from './usage.ts'

export const misbehaviours: readonly Misbehaviour[] = [
  ...usageMisbehaviours,
  ...framingMisbehaviours,
  ...contentMisbehaviours,
  ...statusMisbehaviours,
  ...timingMisbehaviours,
  ...headMisbehaviours,
  ...connectionMisbehaviours,
  ...cutMisbehaviours,
  ...mutationMisbehaviours,
]

export function createHonest(paceMs: number): Misbehaviour {
  return {
    name: 'honest',
    appliesTo: everyDialect,
    form: 'both',
    charges: 'all',
    usage: 'reported',
    answer: 'usable',
    run: async (line, call) => say(line, call, { paceMs }),
  }
}
