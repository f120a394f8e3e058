import type { Kysely } from 'kysely'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import type { Grant } from '../../platform/access/grant.ts'
import { createLineLoader, type LineLoader } from '../../platform/access/line-loader.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { CurrencyCode } from '../../platform/money.ts'
import { type PersonalPage, readPersonalPage } from '../../platform/personal-data/personal-tables.ts'
import { type BalanceRow, type ExpiringPointsRow, readBalances, readExpiringPoints } from './store/balances.ts'
import { LINE_TABLES } from './store/personal-tables.ts'
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
  readonly currencyCode: CurrencyCode
  readonly personalPaymentData: (lineId: string, after: string | null) => Promise<PersonalPage>
  readonly balances: LineLoader<BalanceRow | null>
  readonly expiringPoints: LineLoader<ExpiringPointsRow | null>
}

/** The part of a context that does not depend on who asks: made once, so that requests of a moment are read together. */
export type ContextServices = Omit<Context, keyof GuardedContext>

export interface ContextDependencies {
  readonly db: Kysely<Tables>
  readonly reader: Reader
  readonly clock: Clock
  readonly currencyCode: CurrencyCode
}

export function createContextServices({ db, reader, clock, currencyCode }: ContextDependencies): ContextServices {
  return {
    currencyCode,
    personalPaymentData: (lineId, after) => readPersonalPage(db, LINE_TABLES, lineId, after),
    balances: createLineLoader((keys) => readBalances(reader, keys, clock.now())),
    expiringPoints: createLineLoader((keys) => readExpiringPoints(reader, keys, clock.now())),
  }
}
