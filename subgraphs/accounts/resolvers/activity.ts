import { badUserInput } from '../../../platform/errors.ts'
import { readIdCursor, readPageSize, toPage } from '../../../platform/pagination.ts'
import type { Context } from '../context.ts'
import type { ActorResolvers, ActResolvers } from '../generated/resolvers.ts'
import type { ActRow } from '../store/activity.ts'

/** An act, and whether it is shown to those who look into what staff do. */
export interface ShownAct {
  readonly act: ActRow
  readonly isForStaff: boolean
}

interface ActivityArguments {
  readonly first?: number | null
  readonly after?: string | null
  readonly kinds?: readonly string[] | null
}

const KINDS_MAX = 50

/** A page of what was done to an account and seen of it. */
export async function activityPage(
  { activityPages }: Context,
  accountId: string,
  { first, after, kinds }: ActivityArguments,
  isForStaff: boolean,
) {
  const size = readPageSize(first)
  const afterId = readIdCursor(after)
  const acts = await activityPages.load({ accountId, first: size, afterId, kinds: readKinds(kinds ?? null) })
  const rows = acts.map((act): ShownAct => ({ act, isForStaff }))
  return toPage(rows, { size, isFirst: afterId === null, cursorOf: ({ act }) => act.id })
}

function readKinds(kinds: readonly string[] | null): readonly string[] | null {
  if (kinds && (kinds.length > KINDS_MAX || !kinds.every((kind) => /^[A-Z_]{1,100}$/.test(kind)))) {
    throw badUserInput(`\`kinds\` are at most ${KINDS_MAX} names like \`ACCOUNT_SEEN\`.`)
  }
  return kinds
}

/** Staff are shown to customers as what they are, not as who they are; what they wrote is for supervisors. */
export const act: ActResolvers = {
  id: (shown) => shown.act.id,
  at: (shown) => shown.act.at,
  kind: (shown) => shown.act.kind,
  by: (shown) => shown,
  lineId: (shown) => shown.act.line_id,
  address: (shown) => (shown.isForStaff || actorOf(shown).kind === 'CUSTOMER' ? shown.act.address : null),
  details: ({ isForStaff, act: { details } }) =>
    isForStaff
      ? Object.entries(details).map(([name, value]) => ({
          name,
          value: typeof value === 'string' ? value : JSON.stringify(value),
        }))
      : [],
  reason: (shown) => (shown.isForStaff ? shown.act.reason : null),
  requestId: (shown) => (shown.isForStaff ? shown.act.request_id : null),
}

const STAFF_ROLE_NAMES = {
  'link-clerk': 'LINK_CLERK',
  salon: 'SALON',
  consultant: 'CONSULTANT',
  supervisor: 'SUPERVISOR',
} as const

export const actor: ActorResolvers = {
  kind: (shown) => actorOf(shown).kind,
  staffRoles: (shown) => (shown.act.staff_roles ?? []).map((role) => STAFF_ROLE_NAMES[role]),
  staffId: (shown) => (shown.isForStaff && actorOf(shown).kind === 'STAFF' ? actorOf(shown).id : null),
  accountId: (shown) => (actorOf(shown).kind === 'CUSTOMER' ? actorOf(shown).id : null),
}

function actorOf({ act: { actor: text } }: ShownAct): { kind: 'CUSTOMER' | 'STAFF' | 'CABINET'; id: string } {
  const [prefix = '', id = ''] = text.split(/:(.*)/s)
  if (prefix === 'account') return { kind: 'CUSTOMER', id }
  return { kind: prefix === 'staff' ? 'STAFF' : 'CABINET', id }
}
