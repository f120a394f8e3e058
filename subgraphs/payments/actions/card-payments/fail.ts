import type { Transaction } from 'kysely'
import { type CardPaymentRow, endCardPayment, keyOf, setPaymentStatus } from '../../store/card-payments.ts'
import type { Tables } from '../../store/tables.ts'
import { recordAccountAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { countForMember } from './member-share.ts'

type FailDependencies = Pick<CardDependencies, 'clock' | 'newId' | 'currencyCode'>

/** Ends a payment that brought no money; one that has brought it, or has failed, stays as it is. */
export async function fail(
  trx: Transaction<Tables>,
  dependencies: FailDependencies & Pick<CardDependencies, 'logger'>,
  row: CardPaymentRow,
  failure: string,
): Promise<void> {
  if (row.status === 'SUCCEEDED' || row.status === 'REFUNDED') {
    dependencies.logger.error({ paymentId: row.payment_id }, 'the acquirer took back what it said was paid')
    return
  }
  if (row.status === 'PENDING') await giveUp(trx, dependencies, row, failure)
  await endCardPayment(trx, keyOf(row), { capturedAt: null, cardId: null })
}

/** Tells the customer that a payment under way is over, and why. What the acquirer says later still counts. */
export async function giveUp(
  trx: Transaction<Tables>,
  dependencies: FailDependencies,
  row: CardPaymentRow,
  failure: string,
): Promise<void> {
  await setPaymentStatus(trx, keyOf(row), { status: 'FAILED', failure, now: dependencies.clock.now() })
  await countForMember(trx, row, -row.amount)
  const { kind, account_id: accountId, payment_id: paymentId } = row
  if (kind !== 'TOP_UP' || accountId === null) return
  // The payer alone: the line has lost nothing, and its owner need not know what another's card cannot do.
  const act = { accountId, act: 'TOP_UP_FAILED', details: whatOf(row) }
  await recordAccountAct(trx, dependencies, act, forOurselves(paymentId))
}

/** What a trail says of a payment. */
export function whatOf({ payment_id: paymentId, amount }: CardPaymentRow): Readonly<Record<string, string>> {
  return { paymentId, kopecks: String(amount) }
}
