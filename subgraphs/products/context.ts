import DataLoader from 'dataloader'
import type { Kysely } from 'kysely'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import { createLineListLoader, createLineLoader, type LineLoader } from '../../platform/access/line-loader.ts'
import type { Clock } from '../../platform/clock.ts'
import type { CurrencyCode } from '../../platform/money.ts'
import { readOpenOfferings } from './store/catalogue.ts'
import { type LineOptionRow, type LineTariffRow, readActiveOptions, readLineTariffs } from './store/line-products.ts'
import type { Offering, Tables } from './store/tables.ts'

/** A line as another subgraph refers to it: nothing is known of it until a field is read with a viewer's rights. */
export interface LineReference {
  readonly id: string
}

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly now: Date
  readonly currencyCode: CurrencyCode
  readonly openOfferings: DataLoader<Offering['kind'], Offering[]>
  readonly lineTariffs: LineLoader<LineTariffRow | null>
  readonly activeOptions: LineLoader<readonly (LineOptionRow & { readonly id: string })[] | null>
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
    openOfferings: new DataLoader((kinds: readonly Offering['kind'][]) =>
      Promise.all(kinds.map((kind) => readOpenOfferings(db, kind))),
    ),
    lineTariffs: createLineLoader((keys) => readLineTariffs(db, keys, now)),
    activeOptions: createLineListLoader((keys) => readActiveOptions(db, keys, now)),
  }
}
