import type { AccountsPolicies } from '../../store/policies.ts'

const DAY_MS = 86_400_000

/** A session that was not used since then is over. */
export function idleSince(now: Date, policies: Pick<AccountsPolicies, 'session.idleDays'>): Date {
  return new Date(now.getTime() - policies['session.idleDays'] * DAY_MS)
}
