import type DataLoader from 'dataloader'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import type { Grant } from '../../platform/access/grant.ts'
import type { LineKey } from '../../platform/access/line-key.ts'
import { createLineLoader, type LineLoader } from '../../platform/access/line-loader.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Listener } from '../../platform/database/listener.ts'
import { type ChangeFeed, createChangeFeed } from '../../platform/events/change-feed.ts'
import type { CurrencyCode } from '../../platform/money.ts'
import { type PersonalPage, readPersonalPage } from '../../platform/personal-data/personal-tables.ts'
import { type CardActions, createCardActions } from './actions/card-payments/card-actions.ts'
import type { CardDependencies } from './actions/card-payments/card-dependencies.ts'
import { BALANCE_CHANNEL, type BalanceChangeRow, readBalanceChanges, watchBalances } from './store/balance-changes.ts'
import { type BalanceRow, type ExpiringPointsRow, readBalances, readExpiringPoints } from './store/balances.ts'
import { type PaymentKey, type PaymentView, readPaymentViews } from './store/payment-views.ts'
import { LINE_TABLES, PAYER_TABLES } from './store/personal-tables.ts'

/** A line as another subgraph refers to it: nothing is known of it until a field is read with a viewer's rights. */
export interface LineReference {
  readonly id: string
  /** Where a change of the balance has led here: the balance as that change left it. */
  readonly balance?: BalanceSource
}

/** The money of a line at a moment. */
export type BalanceSource = Pick<BalanceRow, 'posted_kopecks' | 'reserved_kopecks' | 'as_of'>

/** The bonus points of a line, and the grant under which they were read, for what hangs below. */
export interface BonusesSource extends BalanceRow {
  readonly lineId: string
  readonly grant: Grant
}

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext {
  readonly currencyCode: CurrencyCode
  readonly personalPaymentData: (lineId: string, after: string | null) => Promise<PersonalPage>
  readonly personalPayerData: (accountId: string, after: string | null) => Promise<PersonalPage>
  readonly payments: DataLoader<PaymentKey, PaymentView | null, string>
  readonly cards: CardActions
  readonly balances: LineLoader<BalanceRow | null>
  readonly expiringPoints: LineLoader<ExpiringPointsRow | null>
  readonly balanceChanges: ChangeFeed<LineKey, BalanceChangeRow>
}

/** The part of a context that does not depend on who asks: made once, so that requests of a moment are read together. */
export type ContextServices = Omit<Context, keyof GuardedContext>

export interface ContextDependencies extends CardDependencies {
  readonly listener: Listener
  /** How often all that is watched is read again; tests set it. */
  readonly sweepIntervalMs?: number
}

export function createContextServices(dependencies: ContextDependencies): ContextServices {
  const { db, reader, clock, currencyCode, listener, logger, sweepIntervalMs } = dependencies
  return {
    currencyCode,
    personalPaymentData: (lineId, after) => readPersonalPage(db, LINE_TABLES, lineId, after),
    personalPayerData: (accountId, after) => readPersonalPage(db, PAYER_TABLES, accountId, after),
    cards: createCardActions(dependencies),
    payments: createBatchLoader({
      read: (keys) => readPaymentViews(reader, keys, clock.now()),
      keyText: ({ lineId, paymentId, accountId, rights }) => `${lineId} ${paymentId} ${accountId} ${rights}`,
      owner: ({ lineId }) => lineId,
    }),
    balances: createLineLoader((keys) => readBalances(reader, keys, clock.now())),
    expiringPoints: createLineLoader((keys) => readExpiringPoints(reader, keys, clock.now())),
    balanceChanges: createChangeFeed({
      listener,
      channel: BALANCE_CHANNEL,
      topicOf: ({ lineId }: LineKey) => lineId,
      register: (lineIds) => watchBalances(db, lineIds),
      read: (watches) => readBalanceChanges(reader, watches, clock.now()),
      logger,
      ...(sweepIntervalMs !== undefined && { sweepIntervalMs }),
    }),
  }
}
