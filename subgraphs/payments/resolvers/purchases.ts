import { badUserInput } from '../../../platform/errors.ts'
import { unreachable } from '../../../platform/invariant.ts'
import { MERCHANT_ID } from '../../../platform/merchants/merchants.ts'
import type { CurrencyCode } from '../../../platform/money.ts'
import { toMoney } from '../../../platform/money.ts'
import { decodeCursor, notACursor, readPageSize, toPage } from '../../../platform/pagination.ts'
import { isStorable } from '../../../platform/text.ts'
import { costOf, type FailedPurchaseRule } from '../actions/purchases/rules.ts'
import type {
  MerchantResolvers,
  MutationResolvers,
  PurchaseQuoteResolvers,
  QueryResolvers,
} from '../generated/resolvers.ts'
import { toPayment } from './begun-payment.ts'
import { notEligible } from './eligibility.ts'
import { keyRefusal } from './key-refusal.ts'
import { purchaseReason } from './purchase-reasons.ts'
import { reasonWords } from './reason-words.ts'
import { refusal } from './refusal.ts'

export const merchantQueries: Pick<QueryResolvers, 'merchants'> = {
  merchants: async (_, { search, first, after }, context) => {
    const size = readPageSize(first)
    const afterId = readMerchantCursor(after)
    const rows = await context.merchants({
      search: readSearch(search ?? ''),
      after: afterId,
      // One more tells whether there is more.
      first: size + 1,
    })
    return toPage(rows, { size, isFirst: afterId === null, cursorOf: ({ id }) => id })
  },
}

const SEARCH_LENGTH_MAX = 100

function readSearch(search: string): string {
  if (isStorable(search, SEARCH_LENGTH_MAX)) return search
  throw badUserInput(`\`search\` is a part of a name, at most ${SEARCH_LENGTH_MAX} characters.`)
}

/** The list is by id. */
function readMerchantCursor(after: string | null | undefined): string | null {
  if (after === null || after === undefined) return null
  const id = decodeCursor(after)
  if (MERCHANT_ID.test(id)) return id
  throw notACursor()
}

export const merchant: MerchantResolvers = {
  name: ({ name_ru, name_en }, _, { viewer }) => (viewer.language === 'ru' ? name_ru : name_en),
  referenceLabel: ({ reference_label_ru, reference_label_en }, _, { viewer }) =>
    viewer.language === 'ru' ? reference_label_ru : reference_label_en,
  referenceExample: ({ reference_example }) => reference_example,
  amountMin: ({ amount_min }, _, { currencyCode }) => toMoney(amount_min, currencyCode),
  amountMax: ({ amount_max }, _, { currencyCode }) => toMoney(amount_max, currencyCode),
  feePercent: ({ fee_permille }) => (fee_permille / 10).toFixed(1),
}

export const purchaseQuote: PurchaseQuoteResolvers = {
  amount: ({ amount }, _, { currencyCode }) => toMoney(amount, currencyCode),
  fee: ({ fee }, _, { currencyCode }) => toMoney(fee, currencyCode),
  total: (quote, _, { currencyCode }) => toMoney(costOf(quote), currencyCode),
  balanceAfter: ({ balanceAfter }, _, { currencyCode }) =>
    balanceAfter === null ? null : toMoney(balanceAfter, currencyCode),
}

export const purchaseMutations: Pick<MutationResolvers, 'quotePurchase' | 'confirmPurchase'> = {
  quotePurchase: async (_, { input }, context) => {
    const { viewer, currencyCode } = context
    const outcome = await context.quotePurchase(input, context)
    switch (outcome.kind) {
      case 'quoted': {
        const { quote, merchant, balanceAfter } = outcome
        return { __typename: 'QuotePurchaseSuccess', quote: { ...quote, merchant, balanceAfter } }
      }
      case 'lineNotFound':
        return refusal('LineNotFoundError', viewer.language, ['lineId'])
      case 'merchantNotFound':
        return refusal('MerchantNotFoundError', viewer.language, ['merchantId'])
      case 'merchantUnavailable':
        return refusal('MerchantUnavailableError', viewer.language, ['merchantId'])
      case 'invalidReference':
        return refusal('InvalidReferenceError', viewer.language, ['reference'])
      case 'invalidAmount':
        return refusal('InvalidAmountError', viewer.language, ['amount'])
      case 'tooManyRequests':
        return { ...refusal('TooManyPurchaseQuotesError', viewer.language, []), retryAt: outcome.retryAt }
      case 'notEligible':
        return notEligible(reasonsOf(outcome, currencyCode), viewer.language)
      default:
        return unreachable(outcome)
    }
  },

  confirmPurchase: async (_, { input }, context) => {
    const { viewer, currencyCode } = context
    const outcome = await context.confirmPurchase(input, context)
    switch (outcome.kind) {
      case 'begun':
        return { __typename: 'ConfirmPurchaseSuccess', payment: toPayment('PURCHASE', outcome.payment) }
      case 'quoteNotFound':
        return refusal('PurchaseQuoteNotFoundError', viewer.language, ['quoteId'])
      case 'quoteExpired':
        return refusal('PurchaseQuoteExpiredError', viewer.language, ['quoteId'])
      case 'alreadyConfirmed':
        return refusal('PurchaseAlreadyConfirmedError', viewer.language, ['quoteId'])
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

interface Refused {
  readonly failed: readonly FailedPurchaseRule[]
  readonly timeZone: string
}

function reasonsOf({ failed, timeZone }: Refused, currencyCode: CurrencyCode) {
  const words = reasonWords(currencyCode, timeZone)
  return failed.map((rule) => purchaseReason(rule, words))
}
