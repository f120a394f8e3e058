import type { Translated } from '../../../platform/languages.ts'
import type { LedgerAccount, LedgerKind, LedgerUnit } from './kinds.ts'

/** One amount from a credit to a debit. To credit CUSTOMER is to give the subscriber, to debit it is to take. */
export interface Movement {
  readonly unit: LedgerUnit
  readonly debit: LedgerAccount
  readonly credit: LedgerAccount
  /** Kopecks or points, above zero. */
  readonly amount: bigint
  /** Where it differs from the transaction's: a fee beside what it is for. */
  readonly kind?: LedgerKind
}

/** A transaction of a line's book, as it is to be posted. */
export interface Posting {
  readonly lineId: string
  readonly kind: LedgerKind
  /** Names the cause among all of the line: a cause moves its money once. `transfer:<payment id>`, `fee:<order>:<date>`. */
  readonly sourceKey: string
  readonly occurredAt: Date
  readonly movements: readonly Movement[]
  readonly cause?: Cause
}

/** Whence it came, for whoever asks why. */
export interface Cause {
  /** The order or the job that it was done for. */
  readonly orderId?: string
  readonly paymentId?: string
  /** What proves that the subscriber wanted it. */
  readonly consentId?: string
  /** The policy that set the amount. */
  readonly policy?: { readonly name: string; readonly version: number }
  /** The name of the service or the merchant, for the statement. */
  readonly title?: Translated
  /** The thousandths of what was paid that a fee beside it is: a merchant's may be others by now. */
  readonly feePermille?: number
}

/** What of a cause is kept as one. */
export type CauseDetails = Pick<Cause, 'title' | 'feePermille'>

/** Gives the subscriber money or points, from one of the operator's accounts. */
export function give(unit: LedgerUnit, from: Exclude<LedgerAccount, 'CUSTOMER'>, amount: bigint): Movement {
  return { unit, debit: from, credit: 'CUSTOMER', amount }
}

/** Takes them from the subscriber. */
export function take(
  unit: LedgerUnit,
  to: Exclude<LedgerAccount, 'CUSTOMER'>,
  amount: bigint,
  kind?: LedgerKind,
): Movement {
  return { unit, debit: 'CUSTOMER', credit: to, amount, ...(kind && { kind }) }
}
