import { toMoney } from '../../../platform/money.ts'
import { maySeeCardsOf } from '../actions/cards/cards.ts'
import type { AutoPaymentResolvers } from '../generated/resolvers.ts'

export const autoPayment: AutoPaymentResolvers = {
  isEnabled: ({ stoppedBy }) => stoppedBy === null,
  amount: ({ amount }, _, { currencyCode }) => toMoney(amount, currencyCode),
  threshold: ({ terms }, _, { currencyCode }) =>
    terms.basis === 'THRESHOLD' ? toMoney(terms.threshold, currencyCode) : null,
  schedule: ({ terms }) => (terms.basis === 'SCHEDULE' ? terms.schedule : null),
  monthlyCap: ({ monthlyCap }, _, { currencyCode }) => (monthlyCap === null ? null : toMoney(monthlyCap, currencyCode)),
  nextAttemptAt: ({ nextAttemptAt }, _, { now }) => nextAttemptAt && later(nextAttemptAt, now()),
  isPaidByViewer: ({ accountId }, _, { viewer: { principal } }) =>
    principal.kind === 'account' && principal.accountId === accountId,
  card: ({ accountId, cardId }, _, { viewer: { principal }, cardsById }) =>
    maySeeCardsOf(principal, accountId) ? cardsById.load({ accountId, cardId }) : null,
}

/** One whose time has come is next now, whenever that was. */
function later(at: Date, now: Date): Date {
  return at > now ? at : now
}
