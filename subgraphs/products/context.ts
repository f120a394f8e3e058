import type DataLoader from 'dataloader'
import type { Kysely } from 'kysely'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import { createLineListLoader, createLineLoader, type LineLoader } from '../../platform/access/line-loader.ts'
import type { Clock } from '../../platform/clock.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Reader } from '../../platform/database/reader.ts'
import type { CurrencyCode } from '../../platform/money.ts'
import { type PersonalPage, readPersonalPage } from '../../platform/personal-data/personal-tables.ts'
import { comingFees, type DatedFee } from './coming-fees.ts'
import { readOpenOfferings } from './store/catalogue.ts'
import { readLinePrices } from './store/line-prices.ts'
import { type LineOptionRow, type LineTariffRow, readActiveOptions, readLineTariffs } from './store/line-products.ts'
import { LINE_TABLES } from './store/personal-tables.ts'
import type { Offering, Tables } from './store/tables.ts'

/** A line as another subgraph refers to it: nothing is known of it until a field is read with a viewer's rights. */
export interface LineReference {
  readonly id: string
}

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly clock: Clock
  readonly currencyCode: CurrencyCode
  readonly personalProductData: (lineId: string, after: string | null) => Promise<PersonalPage>
  /** Of lines of anybody: for our own parts. */
  readonly comingFees: (lineIds: readonly string[], until: Date) => Promise<DatedFee[]>
  readonly openOfferings: DataLoader<Offering['kind'], Offering[], string>
  readonly lineTariffs: LineLoader<LineTariffRow | null>
  readonly activeOptions: LineLoader<readonly (LineOptionRow & { readonly id: string })[] | null>
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
    clock,
    currencyCode,
    personalProductData: (lineId, after) => readPersonalPage(db, LINE_TABLES, lineId, after),
    async comingFees(lineIds, until) {
      const now = clock.now()
      return comingFees(await readLinePrices(reader, lineIds, until), now, until)
    },
    openOfferings: createBatchLoader({
      read: (kinds) => readOpenOfferings(reader, kinds),
      keyText: (kind) => kind,
      owner: (kind) => kind,
    }),
    lineTariffs: createLineLoader((keys) => readLineTariffs(reader, keys, clock.now())),
    activeOptions: createLineListLoader((keys) => readActiveOptions(reader, keys, clock.now())),
  }
}
