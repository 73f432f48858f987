// Teams: a shared budget, model list and limits over several keys.
// Promises: a write answers after it is durable and the next request of every key of the team meets it.
// Leaves alone: members and roles, which this version does not have.

import { z } from 'zod'
import { refuse } from '../contract/errors.ts'
import type { JsonRoute, RouteAnswer } from '../contract/route.ts'
import type { ScopeStandings } from '../contract/scope.ts'
import type { Team, TeamDraft } from '../contract/store.ts'
import { momentOf, toBudgetPatch, toNewBudget, type Maybe } from './budget-patch.ts'
import { defineRoute, json, logChange, type ParsedCall } from './define-route.ts'
import type { AdminDeps } from './deps.ts'
import { findTeam, listKeys } from './find-record.ts'
import { readKeyRows } from './key-reads.ts'
import { keyRowSchema } from './key-shape.ts'
import { rewordConflict, toLimitPatch, toMetadataPatch, withTags } from './patches.ts'
import { memberBudgetOf, writeMemberBudget } from './scope-budgets.ts'
import { readStandings } from './standings.ts'
import {
  newTeamBody,
  teamInfoQuery,
  teamListQuery,
  teamListRowSchema,
  teamRowSchema,
  toTeamRow,
  updateTeamBody,
  withPreset,
  type NewTeamBody,
  type TeamMoney,
  type TeamRow,
  type UpdateTeamBody,
} from './team-fields.ts'
import type { Turns } from './turns.ts'

const updateReply = z.strictObject({ team_id: z.string(), data: teamRowSchema })
const infoReply = z.strictObject({ team_id: z.string(), team_info: teamRowSchema, keys: z.array(keyRowSchema), team_memberships: z.array(z.never()) })

export function createTeamRoutes(deps: AdminDeps, inTurn: Turns): readonly JsonRoute[] {
  const write = { method: 'POST', auth: 'admin', tag: 'teams' } as const
  const read = { method: 'GET', auth: 'admin', tag: 'teams' } as const
  return [
    defineRoute(deps, {
      ...write,
      path: '/team/new',
      summary: 'Make a team',
      body: newTeamBody,
      reply: teamRowSchema,
      handle: (call) => inTurn(() => make(deps, call)),
    }),
    defineRoute(deps, {
      ...write,
      path: '/team/update',
      summary: 'Change a team; fields left out stay',
      body: updateTeamBody,
      reply: updateReply,
      handle: (call) => inTurn(() => update(deps, call)),
    }),
    defineRoute(deps, {
      ...read,
      path: '/team/info',
      summary: 'One team and its keys',
      query: teamInfoQuery,
      reply: infoReply,
      handle: (call) => info(deps, call),
    }),
    defineRoute(deps, {
      ...read,
      path: '/team/list',
      summary: 'All teams and their keys',
      query: teamListQuery,
      reply: z.array(teamListRowSchema),
      handle: (call) => list(deps, call.query.organization_id),
    }),
  ]
}

async function make(deps: AdminDeps, call: ParsedCall<undefined, NewTeamBody>): Promise<RouteAnswer> {
  const body = withPreset(call.body, deps.facts.teamDefaults)
  const teamId = body.team_id ?? toUuid(deps.randomBytes(16))
  if (deps.directory.findTeam(teamId) !== null)
    throw refuse('invalid_request', { reason: `A team with the id ${teamId} exists already.` }, { param: 'team_id' })
  const draft: TeamDraft = {
    teamId,
    organizationId: body.organization_id ?? null,
    alias: body.team_alias ?? null,
    models: body.models ?? [],
    budget: toNewBudget(body, momentOf(deps)),
    requestsPerMinuteMax: body.rpm_limit ?? null,
    parallelMax: body.max_parallel_requests ?? null,
    blocked: body.blocked ?? false,
    metadata: withTags(body.metadata ?? {}, body.tags),
  }
  const team = await deps.store.createTeam(draft).catch(rewordConflict)
  deps.directory.putTeam(team)
  await changeMembers(deps, team, body)
  logChange(deps, call, { action: 'team-new', subject: teamId })
  return json(await readTeamRow(deps, team))
}

async function update(deps: AdminDeps, call: ParsedCall<undefined, UpdateTeamBody>): Promise<RouteAnswer> {
  const { body } = call
  const before = findTeam(deps.directory, body.team_id)
  const patch = {
    ...(body.team_alias === undefined ? {} : { alias: body.team_alias }),
    ...toLimitPatch(body),
    ...(body.organization_id === undefined ? {} : { organizationId: body.organization_id }),
    ...toBudgetPatch(body, before.budget, momentOf(deps)),
    ...toMetadataPatch(body, before.metadata),
  }
  const team = await deps.store.updateTeam(before.id, patch)
  deps.directory.putTeam(team)
  await changeMembers(deps, team, body)
  logChange(deps, call, { action: 'team-update', subject: team.teamId })
  return json({ team_id: team.teamId, data: await readTeamRow(deps, team) })
}

async function info(deps: AdminDeps, call: ParsedCall<z.infer<typeof teamInfoQuery>, undefined>): Promise<RouteAnswer> {
  const team = findTeam(deps.directory, call.query.team_id)
  const keys = listKeys(deps.directory).filter(({ key }) => key.teamId === team.id)
  return json({
    team_id: team.teamId,
    team_info: await readTeamRow(deps, team),
    keys: await readKeyRows(deps, keys.slice(0, call.query.key_limit)),
    team_memberships: [],
  })
}

async function list(deps: AdminDeps, organizationId: string | undefined): Promise<RouteAnswer> {
  const teams = deps.directory.teams().filter((team) => organizationId === undefined || team.organizationId === organizationId)
  const standings = await readStandings(
    deps.reports,
    teams.map((team) => team.scopeId),
  )
  const rows = await readKeyRows(
    deps,
    listKeys(deps.directory).filter(({ key }) => key.teamId !== null),
  )
  const keysOf = Map.groupBy(rows, (row) => row.team_id)
  return json(
    teams.map((team) => ({ ...toTeamRow(team, moneyOf(deps, team, standings.get(team.scopeId))), keys: keysOf.get(team.teamId) ?? [], team_memberships: [] })),
  )
}

async function readTeamRow(deps: AdminDeps, team: Team): Promise<TeamRow> {
  const standings = await readStandings(deps.reports, [team.scopeId])
  return toTeamRow(team, moneyOf(deps, team, standings.get(team.scopeId)))
}

const moneyOf = (deps: AdminDeps, team: Team, standings: ScopeStandings | undefined): TeamMoney => ({
  standings,
  members: memberBudgetOf(deps.directory, team),
  nowMs: deps.clock.nowMs(),
})

interface MemberFields {
  readonly team_member_budget?: Maybe<number | string>
  readonly team_member_budget_duration?: Maybe<string>
}
async function changeMembers(deps: AdminDeps, team: Team, { team_member_budget, team_member_budget_duration }: MemberFields): Promise<void> {
  const { budget } = toBudgetPatch(
    { max_budget: team_member_budget, budget_duration: team_member_budget_duration },
    memberBudgetOf(deps.directory, team),
    momentOf(deps),
  )
  if (budget !== undefined) await writeMemberBudget(deps, team, budget)
}

/** A version 4 UUID (RFC 9562, section 5.4) from 16 random bytes. */
function toUuid(random: Uint8Array): string {
  const hex = Buffer.from(random).toString('hex')
  const variant = '89ab'.charAt((random[8] ?? 0) & 3)
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, variant + hex.slice(17, 20), hex.slice(20, 32)].join('-')
}
