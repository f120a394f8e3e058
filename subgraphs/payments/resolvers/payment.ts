import { toMoney } from '../../../platform/money.ts'
import { maySeeCardsOf } from '../actions/cards/cards.ts'
import type { PaymentResolvers } from '../generated/resolvers.ts'
import type { PaymentView } from '../store/payment-views.ts'
import { describeFailure } from './payment-failure.ts'

export const payment: PaymentResolvers = {
  amount: ({ amount }, _, { currencyCode }) => toMoney(amount, currencyCode),
  fee: ({ fee }, _, { currencyCode }) => toMoney(fee, currencyCode),
  createdAt: ({ created_at }) => created_at,
  confirmationUrl: ({ confirmation_url, account_id, status }, _, { viewer: { principal } }) =>
    status === 'PENDING' && maySeeCardsOf(principal, account_id) ? confirmation_url : null,
  failure: ({ failure, kind, account_id }, _, { viewer: { principal, language } }) => {
    if (failure === null) return null
    const isTold = !isByCard(kind) || maySeeCardsOf(principal, account_id)
    return describeFailure(isTold ? failure : 'TOP_UP_FAILED', language)
  },
}

/** Why a card brought no money tells of its holder's money, not of the line. */
function isByCard(kind: PaymentView['kind']): boolean {
  return kind === 'TOP_UP' || kind === 'AUTO_TOP_UP'
}
