import type { StoredPayment } from '../../../../cli/stand-ins/acquirer/bank.ts'
import { decline, type NoticeEvent, take } from '../../../../cli/stand-ins/acquirer/operations.ts'
import { systemClock } from '../../../../platform/clock.ts'

/** What becomes of a payment at the acquirer. */
export interface Fate {
  readonly name: string
  /** Done to it while notices of it come in already; gives what is true of it then. */
  happen(payment: StoredPayment): NoticeEvent
  /** Done to it after that was told; gives what is true in the end. */
  turn?(payment: StoredPayment): NoticeEvent
  /** Whether staff give money of it back. */
  readonly isRefunded?: boolean
}

/** Notices are what a torture sends, so the acquirer itself tells nobody. */
const SILENT = { clock: systemClock, onChange: () => undefined }

function pay(payment: StoredPayment, short = 0): NoticeEvent {
  take(SILENT, payment, payment.amount - short)
  return 'payment.succeeded'
}

function refuse(payment: StoredPayment): NoticeEvent {
  decline(SILENT, payment, 'insufficient_funds')
  return 'payment.canceled'
}

function hold(payment: StoredPayment): NoticeEvent {
  payment.status = 'waiting_for_capture'
  return 'payment.waiting_for_capture'
}

/** The more often the more often it stands here. */
export const FATES: readonly Fate[] = [
  { name: 'paid', happen: (payment) => pay(payment) },
  { name: 'paid, and given back', happen: (payment) => pay(payment), isRefunded: true },
  { name: 'refused', happen: refuse },
  { name: 'paid', happen: (payment) => pay(payment) },
  { name: 'refused, and paid after all', happen: refuse, turn: (payment) => pay(payment) },
  { name: 'waiting for us to take it', happen: hold },
  { name: 'paid, and given back', happen: (payment) => pay(payment), isRefunded: true },
  { name: 'left alone', happen: () => 'payment.waiting_for_capture' },
  { name: 'paid', happen: (payment) => pay(payment) },
  { name: 'paid with another amount', happen: (payment) => pay(payment, 1) },
]
