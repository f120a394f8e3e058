import type DataLoader from 'dataloader'
import { lineKeyText } from '../../platform/access/line-key.ts'
import { createLineLoader, type LineLoader } from '../../platform/access/line-loader.ts'
import { createBatchLoader } from '../../platform/database/batch-loader.ts'
import type { ActionDependencies } from './actions/actions.ts'
import type { Asker } from './actions/asker.ts'
import { type DisableAutoPaymentOutcome, disableAutoPayment } from './actions/auto-payments/disable-auto-payment.ts'
import {
  type SetAutoPayment,
  type SetAutoPaymentOutcome,
  setAutoPayment,
} from './actions/auto-payments/set-auto-payment.ts'
import { FEE_POLICY } from './actions/live-balance/charge-day.ts'
import { type DisableLiveBalanceOutcome, disableLiveBalance } from './actions/live-balance/disable-live-balance.ts'
import {
  type EnableLiveBalance,
  type EnableLiveBalanceOutcome,
  enableLiveBalance,
} from './actions/live-balance/enable-live-balance.ts'
import { type UndoLiveBalanceOutcome, undoLiveBalance } from './actions/live-balance/undo-live-balance.ts'
import type { KeyRefusal } from './actions/once.ts'
import { currentMonth } from './actions/spend-cap/month.ts'
import {
  type RemoveSpendCapOutcome,
  removeSpendCap,
  type SetSpendCapOutcome,
  setSpendCap,
} from './actions/spend-cap/set-spend-cap.ts'
import { type AutoPayment, readAutoPayments } from './store/auto-payments.ts'
import { type CardKey, type CardRow, readCards } from './store/cards.ts'
import { type LiveBalanceRow, readLiveBalances } from './store/live-balances.ts'
import { readSpendCaps, type SpendCapRow } from './store/spend-caps.ts'

export type AutoPaymentSource = AutoPayment

/** A cap, and when its month is over. */
export type SpendCapSource = SpendCapRow & { readonly resetsAt: Date }

/** A level that was told of. */
export type SpendCapAlertSource = SpendCapRow['alerts'][number]

/** The service of a line, and what it costs who switches it on now. */
export type LiveBalanceSource = LiveBalanceRow & { readonly fee: bigint }

/** What the resolvers of what comes round by itself work with. */
export interface Recurring {
  readonly now: () => Date
  readonly autoPayments: LineLoader<readonly AutoPayment[] | null>
  /** The cards that pay. */
  readonly cardsById: DataLoader<CardKey, CardRow | null, string>
  readonly spendCaps: LineLoader<SpendCapSource | null>
  readonly liveBalances: LineLoader<LiveBalanceSource | null>
  readonly setAutoPayment: (command: SetAutoPayment, by: Asker) => Promise<SetAutoPaymentOutcome>
  readonly disableAutoPayment: (
    command: { readonly lineId: string; readonly autoPaymentId: string },
    by: Asker,
  ) => Promise<DisableAutoPaymentOutcome>
  readonly setSpendCap: (
    command: { readonly lineId: string; readonly monthlyAmount: string },
    by: Asker,
  ) => Promise<SetSpendCapOutcome>
  readonly removeSpendCap: (command: { readonly lineId: string }, by: Asker) => Promise<RemoveSpendCapOutcome>
  readonly enableLiveBalance: (command: EnableLiveBalance, by: Asker) => Promise<EnableLiveBalanceOutcome | KeyRefusal>
  readonly disableLiveBalance: (command: { readonly lineId: string }, by: Asker) => Promise<DisableLiveBalanceOutcome>
  readonly undoLiveBalance: (command: { readonly lineId: string }, by: Asker) => Promise<UndoLiveBalanceOutcome>
}

export function createRecurring(dependencies: ActionDependencies): Recurring {
  const { reader, clock, policies } = dependencies
  return {
    now: () => clock.now(),
    autoPayments: createBatchLoader({
      read: (keys) => readAutoPayments(reader, keys, clock.now()),
      keyText: lineKeyText,
      owner: ({ accountId }) => accountId ?? 'staff',
    }),
    cardsById: createBatchLoader({
      read: (keys) => readCards(reader, keys),
      keyText: ({ accountId, cardId }) => `${accountId} ${cardId}`,
      owner: ({ accountId }) => accountId,
    }),
    spendCaps: createLineLoader(async (keys) => {
      const now = clock.now()
      const { resetsAt, ...month } = currentMonth(await policies.current(), now)
      const rows = await readSpendCaps(reader, keys, { month, now })
      return rows.map((row) => ({ ...row, resetsAt }))
    }),
    liveBalances: createLineLoader(async (keys) => {
      const fee = BigInt((await policies.current())[FEE_POLICY])
      const rows = await readLiveBalances(reader, keys, clock.now())
      return rows.map((row) => ({ ...row, fee }))
    }),
    setAutoPayment: (command, by) => setAutoPayment(dependencies, command, by),
    disableAutoPayment: (command, by) => disableAutoPayment(dependencies, command, by),
    setSpendCap: (command, by) => setSpendCap(dependencies, command, by),
    removeSpendCap: (command, by) => removeSpendCap(dependencies, command, by),
    enableLiveBalance: (command, by) => enableLiveBalance(dependencies, command, by),
    disableLiveBalance: (command, by) => disableLiveBalance(dependencies, command, by),
    undoLiveBalance: (command, by) => undoLiveBalance(dependencies, command, by),
  }
}
