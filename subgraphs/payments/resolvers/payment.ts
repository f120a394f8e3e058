import { toMoney } from '../../../platform/money.ts'
import type { PaymentResolvers } from '../generated/resolvers.ts'
import { describeFailure } from './payment-failure.ts'

export const payment: PaymentResolvers = {
  amount: ({ amount }, _, { currencyCode }) => toMoney(amount, currencyCode),
  fee: ({ fee }, _, { currencyCode }) => toMoney(fee, currencyCode),
  createdAt: ({ created_at }) => created_at,
  confirmationUrl: ({ confirmation_url, account_id, status }, _, { viewer: { principal } }) =>
    status === 'PENDING' && principal.kind === 'account' && principal.accountId === account_id
      ? confirmation_url
      : null,
  failure: ({ failure }, _, { viewer }) => (failure === null ? null : describeFailure(failure, viewer.language)),
}
