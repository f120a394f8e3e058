import type DataLoader from 'dataloader'
import type { GuardedContext } from '../../platform/access/enforce.ts'
import type { Grant } from '../../platform/access/grant.ts'
import type { LineKey } from '../../platform/access/line-key.ts'
import { createLineLoader, type LineLoader } from '../../platform/access/line-loader.ts'
import type { Clock } from '../../platform/clock.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { Listener } from '../../platform/database/listener.ts'
import { type ChangeFeed, createChangeFeed } from '../../platform/events/change-feed.ts'
import type { CurrencyCode } from '../../platform/money.ts'
import { type PersonalPage, readPersonalPage } from '../../platform/personal-data/personal-tables.ts'
import type { ActionDependencies } from './actions/actions.ts'
import type { Asker } from './actions/asker.ts'
import {
  type GivePoints,
  type GivePointsOutcome,
  type GivePointsRefusal,
  givePoints,
} from './actions/bonus/give-points.ts'
import { type CardActions, createCardActions } from './actions/card-payments/card-actions.ts'
import type { CardDependencies } from './actions/card-payments/card-dependencies.ts'
import { type ChargeActions, createChargeActions } from './actions/charges/charge-actions.ts'
import type { KeyRefusal } from './actions/once.ts'
import { checkPromisedPayment, type PromiseEligibility } from './actions/promised-payments/check-promised-payment.ts'
import {
  type TakePromisedPayment,
  type TakePromisedPaymentOutcome,
  takePromisedPayment,
} from './actions/promised-payments/take-promised-payment.ts'
import {
  type ConfirmPurchase,
  type ConfirmPurchaseOutcome,
  confirmPurchase,
} from './actions/purchases/confirm-purchase.ts'
import { type QuotePurchase, type QuotePurchaseOutcome, quotePurchase } from './actions/purchases/quote-purchase.ts'
import { createReading, type Reading } from './actions/reading.ts'
import {
  type ConfirmTransfer,
  type ConfirmTransferOutcome,
  confirmTransfer,
} from './actions/transfers/confirm-transfer.ts'
import { type QuoteTransfer, type QuoteTransferOutcome, quoteTransfer } from './actions/transfers/quote-transfer.ts'
import { createRecurring, type Recurring } from './recurring.ts'
import { BALANCE_CHANNEL, type BalanceChangeRow, readBalanceChanges, watchBalances } from './store/balance-changes.ts'
import { type BalanceRow, type ExpiringPointsRow, readBalances, readExpiringPoints } from './store/balances.ts'
import { type MerchantRow, readMerchants } from './store/merchants.ts'
import { type PaymentKey, type PaymentView, readPaymentViews } from './store/payment-views.ts'
import { LINE_TABLES, PAYER_TABLES } from './store/personal-tables.ts'
import { type PromisedPaymentRow, readActivePromises } from './store/promised-payments.ts'
import type { PurchaseQuote } from './store/purchases.ts'

/** A line as another subgraph refers to it: nothing is known of it until a field is read with a viewer's rights. */
export interface LineReference {
  readonly id: string
  /** Where a change of the balance has led here: the balance as that change left it. */
  readonly balance?: BalanceSource
}

/** The money of a line at a moment. */
export type BalanceSource = Pick<BalanceRow, 'posted_kopecks' | 'reserved_kopecks' | 'as_of' | 'is_under_review'>

/** The bonus points of a line, and the grant under which they were read, for what hangs below. */
export interface BonusesSource extends BalanceRow {
  readonly lineId: string
  readonly grant: Grant
}

/** A purchase as it is shown: with who is paid, and what it leaves. */
export interface PurchaseQuoteSource extends PurchaseQuote {
  readonly merchant: MerchantRow
  readonly balanceAfter: bigint | null
}

/** What the resolvers of one request work with. */
export interface Context extends GuardedContext, Reading, ChargeActions, Recurring {
  readonly clock: Clock
  readonly policies: ActionDependencies['policies']
  readonly currencyCode: CurrencyCode
  readonly personalPaymentData: (lineId: string, after: string | null) => Promise<PersonalPage>
  readonly personalPayerData: (accountId: string, after: string | null) => Promise<PersonalPage>
  readonly payments: DataLoader<PaymentKey, PaymentView | null, string>
  readonly cards: CardActions
  readonly balances: LineLoader<BalanceRow | null>
  readonly expiringPoints: LineLoader<ExpiringPointsRow | null>
  readonly balanceChanges: ChangeFeed<LineKey, BalanceChangeRow>
  readonly quoteTransfer: (command: QuoteTransfer, asker: Asker) => Promise<QuoteTransferOutcome>
  readonly confirmTransfer: (command: ConfirmTransfer, asker: Asker) => Promise<ConfirmTransferOutcome | KeyRefusal>
  readonly givePoints: (command: GivePoints, asker: Asker) => Promise<GivePointsOutcome | GivePointsRefusal>
  readonly merchants: (page: Parameters<typeof readMerchants>[1]) => Promise<MerchantRow[]>
  readonly quotePurchase: (command: QuotePurchase, asker: Asker) => Promise<QuotePurchaseOutcome>
  readonly confirmPurchase: (command: ConfirmPurchase, asker: Asker) => Promise<ConfirmPurchaseOutcome | KeyRefusal>
  readonly activePromises: LineLoader<PromisedPaymentRow | null>
  readonly checkPromisedPayment: (lineId: string, asker: Asker) => Promise<PromiseEligibility | null>
  readonly takePromisedPayment: (
    command: TakePromisedPayment,
    asker: Asker,
  ) => Promise<TakePromisedPaymentOutcome | KeyRefusal>
}

/** The part of a context that does not depend on who asks: made once, so that requests of a moment are read together. */
export type ContextServices = Omit<Context, keyof GuardedContext>

export interface ContextDependencies extends CardDependencies {
  readonly listener: Listener
  /** How often all that is watched is read again; tests set it. */
  readonly sweepIntervalMs?: number
}

export function createContextServices(dependencies: ContextDependencies): ContextServices {
  const { db, reader, clock, policies, currencyCode, listener, logger, sweepIntervalMs } = dependencies
  return {
    ...createChargeActions(dependencies),
    ...createReading(dependencies),
    clock,
    policies,
    ...createRecurring(dependencies),
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
    quoteTransfer: (command, asker) => quoteTransfer(dependencies, command, asker),
    confirmTransfer: (command, asker) => confirmTransfer(dependencies, command, asker),
    givePoints: (command, asker) => givePoints(dependencies, command, asker),
    merchants: (page) => readMerchants(reader, page),
    quotePurchase: (command, asker) => quotePurchase(dependencies, command, asker),
    confirmPurchase: (command, asker) => confirmPurchase(dependencies, command, asker),
    activePromises: createLineLoader((keys) => readActivePromises(reader, keys, clock.now())),
    checkPromisedPayment: (lineId, asker) => checkPromisedPayment(dependencies, lineId, asker),
    takePromisedPayment: (command, asker) => takePromisedPayment(dependencies, command, asker),
    balanceChanges: createChangeFeed({
      listener,
      channel: BALANCE_CHANNEL,
      topicOf: ({ lineId }: LineKey) => lineId,
      register: (lineIds) => watchBalances(db, lineIds),
      read: async (watches) => {
        const { 'liveBalance.isRequired': isServiceRequired } = await policies.current()
        return readBalanceChanges(reader, watches, { now: clock.now(), isServiceRequired })
      },
      logger,
      ...(sweepIntervalMs !== undefined && { sweepIntervalMs }),
    }),
  }
}
