import type { Kysely } from 'kysely'
import { createCalendar, type Day, daysBetween } from '../../../../platform/calendar.ts'
import { available, type Balance } from '../../ledger/balance.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import { findActivePromise, sumSpending } from '../../store/promised-payments.ts'
import { isQuarantined } from '../../store/quarantine.ts'
import type { Tables } from '../../store/tables.ts'
import type { LineInService } from '../line-in-service.ts'
import type { PromiseFacts, PromiseTerms } from './rules.ts'

const DAY_MS = 86_400_000

/** Gathers what decides on promises to a line. They stay true when its balance is locked. */
export async function promiseFacts(
  db: Kysely<Tables>,
  { balance, line, policies, now }: PromiseQuestion,
): Promise<PromiseFacts> {
  const since = new Date(now.getTime() - policies['promisedPayment.spendingDays'] * DAY_MS)
  const active = await findActivePromise(db, line.id)
  const today = createCalendar(policies['operator.timeZone']).dayOf(now)
  return {
    available: available(balance),
    isUnderReview: await isQuarantined(db, line.id),
    spent: await sumSpending(db, line.id, since),
    activeUntil: active?.due_at ?? null,
    daysInService: daysBetween(line.activatedOn as Day, today),
    terms: termsOf(policies),
  }
}

export interface PromiseQuestion {
  readonly balance: Balance
  readonly line: LineInService
  readonly policies: PaymentsPolicies
  readonly now: Date
}

function termsOf(policies: PaymentsPolicies): PromiseTerms {
  return {
    tiers: policies['promisedPayment.tiers'].map(({ spentMaxKopecks, amountKopecks }) => ({
      spentMax: spentMaxKopecks === null ? null : BigInt(spentMaxKopecks),
      amount: BigInt(amountKopecks),
    })),
    amountMin: BigInt(policies['promisedPayment.amountMinKopecks']),
    fee: BigInt(policies['promisedPayment.feeKopecks']),
    withoutFee: BigInt(policies['promisedPayment.withoutFeeKopecks']),
    balanceMin: BigInt(policies['promisedPayment.balanceMinKopecks']),
    newSubscriberDays: policies['promisedPayment.newSubscriberDays'],
  }
}
