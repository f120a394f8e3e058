import { unreachable } from '../../../platform/invariant.ts'
import { toMoney } from '../../../platform/money.ts'
import type { TakenPromise } from '../actions/promised-payments/take-promised-payment.ts'
import type {
  LineResolvers,
  MutationResolvers,
  PromisedPaymentEligibilityResolvers,
  PromisedPaymentOfferResolvers,
  PromisedPaymentResolvers,
} from '../generated/resolvers.ts'
import type { PromisedPaymentRow } from '../store/promised-payments.ts'
import { notEligible, toReasons } from './eligibility.ts'
import { keyRefusal } from './key-refusal.ts'
import { promiseReason } from './promise-reasons.ts'
import { reasonWords } from './reason-words.ts'
import { refusal } from './refusal.ts'

export const promiseMutations: Pick<MutationResolvers, 'takePromisedPayment'> = {
  takePromisedPayment: async (_, { input }, context) => {
    const { viewer, currencyCode } = context
    const outcome = await context.takePromisedPayment(input, context)
    switch (outcome.kind) {
      case 'taken':
        return { __typename: 'TakePromisedPaymentSuccess', promisedPayment: toRow(input.lineId, outcome.promise) }
      case 'lineNotFound':
        return refusal('LineNotFoundError', viewer.language, ['lineId'])
      case 'invalidAmount':
        return refusal('InvalidAmountError', viewer.language, ['amount'])
      case 'notEligible': {
        const words = reasonWords(currencyCode, outcome.timeZone)
        const reasons = outcome.failed.map((rule) => promiseReason(rule, words))
        return notEligible(reasons, viewer.language)
      }
      case 'invalidIdempotencyKey':
      case 'idempotencyKeyReused':
      case 'operationInProgress':
        return keyRefusal(outcome, viewer.language)
      default:
        return unreachable(outcome)
    }
  },
}

/** The fields of a line that are about promised payments. */
export const linePromises: Required<Pick<LineResolvers, 'promisedPayment' | 'promisedPaymentEligibility'>> = {
  promisedPayment: ({ id }, _, { grant, activePromises }) => activePromises.load({ lineId: id, ...grant }),
  promisedPaymentEligibility: ({ id }, _, context) => context.checkPromisedPayment(id, context),
}

export const promisedPayment: PromisedPaymentResolvers = {
  amount: ({ amount }, _, { currencyCode }) => toMoney(amount, currencyCode),
  fee: ({ fee }, _, { currencyCode }) => toMoney(fee, currencyCode),
  takenAt: ({ taken_at }) => taken_at,
  dueAt: ({ due_at }) => due_at,
}

export const promisedPaymentEligibility: PromisedPaymentEligibilityResolvers = {
  maxAmount: ({ amountMax }, _, { currencyCode }) => toMoney(amountMax, currencyCode),
  reasons: ({ failed, timeZone }, _, { currencyCode, viewer }) => {
    const words = reasonWords(currencyCode, timeZone)
    return toReasons(
      failed.map((rule) => promiseReason(rule, words)),
      viewer.language,
    )
  },
}

export const promisedPaymentOffer: PromisedPaymentOfferResolvers = {
  amount: ({ amount }, _, { currencyCode }) => toMoney(amount, currencyCode),
  fee: ({ fee }, _, { currencyCode }) => toMoney(fee, currencyCode),
}

function toRow(lineId: string, { id, amount, fee, takenAt, dueAt }: TakenPromise): PromisedPaymentRow {
  return {
    line_id: lineId,
    id,
    amount: BigInt(amount),
    fee: BigInt(fee),
    taken_at: new Date(takenAt),
    due_at: new Date(dueAt),
  }
}
