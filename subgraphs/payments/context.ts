import type { Kysely } from 'kysely'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import type { Grant } from '../../platform/access/grant.ts'
import { createLineLoader, type LineLoader } from '../../platform/access/line-loader.ts'
import type { Clock } from '../../platform/clock.ts'
import type { CurrencyCode } from '../../platform/money.ts'
import { type BalanceRow, type ExpiringPointsRow, readBalances, readExpiringPoints } from './store/balances.ts'
import type { Tables } from './store/tables.ts'

/** A line as another subgraph refers to it: nothing is known of it until a field is read with a viewer's rights. */
export interface LineReference {
  readonly id: string
}

/** The bonus points of a line, and the grant under which they were read, for what hangs below. */
export interface BonusesSource extends BalanceRow {
  readonly lineId: string
  readonly grant: Grant
}

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly now: Date
  readonly currencyCode: CurrencyCode
  readonly balances: LineLoader<BalanceRow | null>
  readonly expiringPoints: LineLoader<ExpiringPointsRow | null>
}

export interface ContextDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly currencyCode: CurrencyCode
}

export function createContextServices({
  db,
  clock,
  currencyCode,
}: ContextDependencies): Omit<Context, keyof GuardedContext> {
  const now = clock.now()
  return {
    now,
    currencyCode,
    balances: createLineLoader((keys) => readBalances(db, keys, now)),
    expiringPoints: createLineLoader((keys) => readExpiringPoints(db, keys, now)),
  }
}
