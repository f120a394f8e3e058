import { unreachable } from '../../../platform/invariant.ts'
import type { CurrencyCode } from '../../../platform/money.ts'
import { toMoney } from '../../../platform/money.ts'
import type { FailedTransferRule } from '../actions/transfers/rules.ts'
import { chargeOf } from '../actions/transfers/rules.ts'
import type { MutationResolvers, TransferQuoteResolvers } from '../generated/resolvers.ts'
import { toPayment } from './begun-payment.ts'
import { notEligible } from './eligibility.ts'
import { keyRefusal } from './key-refusal.ts'
import { reasonWords } from './reason-words.ts'
import { refusal } from './refusal.ts'
import { transferReason } from './transfer-reasons.ts'

export const transferMutations: Pick<MutationResolvers, 'quoteTransfer' | 'confirmTransfer'> = {
  quoteTransfer: async (_, { input }, context) => {
    const { viewer, currencyCode } = context
    const outcome = await context.quoteTransfer(input, context)
    switch (outcome.kind) {
      case 'quoted':
        return { __typename: 'QuoteTransferSuccess', quote: outcome.quote }
      case 'lineNotFound':
        return refusal('LineNotFoundError', viewer.language, ['fromLineId'])
      case 'invalidPhone':
        return refusal('InvalidPhoneNumberError', viewer.language, ['toPhone'])
      case 'invalidAmount':
        return refusal('InvalidAmountError', viewer.language, ['amount'])
      case 'tooManyRequests':
        return { ...refusal('TooManyTransferQuotesError', viewer.language, []), retryAt: outcome.retryAt }
      case 'notEligible':
        return notEligible(reasonsOf(outcome, currencyCode), viewer.language)
      default:
        return unreachable(outcome)
    }
  },

  confirmTransfer: async (_, { input }, context) => {
    const { viewer, currencyCode } = context
    const outcome = await context.confirmTransfer(input, context)
    switch (outcome.kind) {
      case 'sent':
        return { __typename: 'ConfirmTransferSuccess', payment: toPayment('TRANSFER_OUT', outcome.payment) }
      case 'quoteNotFound':
        return refusal('TransferQuoteNotFoundError', viewer.language, ['quoteId'])
      case 'quoteExpired':
        return refusal('TransferQuoteExpiredError', viewer.language, ['quoteId'])
      case 'alreadyConfirmed':
        return refusal('TransferAlreadyConfirmedError', viewer.language, ['quoteId'])
      case 'notEligible':
        return notEligible(reasonsOf(outcome, currencyCode), viewer.language)
      case 'invalidIdempotencyKey':
      case 'idempotencyKeyReused':
      case 'operationInProgress':
        return keyRefusal(outcome, viewer.language)
      default:
        return unreachable(outcome)
    }
  },
}

export const transferQuote: TransferQuoteResolvers = {
  amount: ({ amount }, _, { currencyCode }) => toMoney(amount, currencyCode),
  fee: ({ fee }, _, { currencyCode }) => toMoney(fee, currencyCode),
  total: (quote, _, { currencyCode }) => toMoney(chargeOf(quote), currencyCode),
  balanceAfter: ({ balanceAfter }, _, { currencyCode }) =>
    balanceAfter === null ? null : toMoney(balanceAfter, currencyCode),
}

interface Refused {
  readonly failed: readonly FailedTransferRule[]
  readonly timeZone: string
}

function reasonsOf({ failed, timeZone }: Refused, currencyCode: CurrencyCode) {
  const words = reasonWords(currencyCode, timeZone)
  return failed.map((rule) => transferReason(rule, words))
}
