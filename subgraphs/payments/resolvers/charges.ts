import type { Viewer } from '../../../platform/identity/viewer.ts'
import { invariant, unreachable } from '../../../platform/invariant.ts'
import type { Language } from '../../../platform/languages.ts'
import { type CurrencyCode, toMoney } from '../../../platform/money.ts'
import type { SubgraphName } from '../../../platform/subgraph/name.ts'
import type { FailedChargeRule } from '../actions/charges/charge-rules.ts'
import type { ChargeRefusal } from '../actions/charges/charge-wish.ts'
import type { MutationResolvers } from '../generated/resolvers.ts'
import type { Hold } from '../ledger/holds.ts'
import { notEligible, type Reason } from './eligibility.ts'
import { inWords, type ReasonWords } from './reason-words.ts'
import { spendCapReached } from './recurring-reasons.ts'
import { refusal } from './refusal.ts'
import { BALANCE_UNDER_REVIEW } from './under-review.ts'

/** What other subgraphs have lines pay. Each has ids of its own. */
export const charges: Pick<MutationResolvers, 'reserve' | 'capture' | 'release' | 'charge'> = {
  reserve: async (_, { input }, context) => {
    const { viewer, currencyCode, reserve } = context
    const { reservationId: id, minutes, ...wish } = input
    const outcome = await reserve({ ...wish, id, service: serviceOf(viewer), minutes: minutes ?? null })
    switch (outcome.kind) {
      case 'reserved':
        return { __typename: 'ReserveSuccess', reservation: toReservation(id, outcome.hold, currencyCode) }
      case 'notEligible':
        return notEligible(await inWords(context, outcome.failed, toReason), viewer.language)
      case 'idReused':
        return refusal('IdempotencyKeyReusedError', viewer.language, ['reservationId'])
      default:
        return refuse(outcome, viewer.language)
    }
  },

  capture: async (_, { input }, { viewer, currencyCode, captureReservation }) => {
    const { lineId, reservationId: id, amount } = input
    const outcome = await captureReservation({ lineId, id, service: serviceOf(viewer), amount: amount ?? null })
    switch (outcome.kind) {
      case 'captured':
        return { __typename: 'CaptureSuccess', reservation: toReservation(id, outcome.hold, currencyCode) }
      case 'invalidAmount':
        return refusal('InvalidAmountError', viewer.language, ['amount'])
      case 'idReused':
        return refusal('IdempotencyKeyReusedError', viewer.language, ['amount'])
      case 'reservationEnded':
        return { ...refusal('ReservationEndedError', viewer.language, ['reservationId']), state: outcome.state }
      case 'reservationNotFound':
        return refusal('ReservationNotFoundError', viewer.language, ['reservationId'])
      default:
        return unreachable(outcome)
    }
  },

  release: async (_, { input }, { viewer, currencyCode, releaseReservation }) => {
    const { lineId, reservationId: id } = input
    const outcome = await releaseReservation({ lineId, id, service: serviceOf(viewer) })
    switch (outcome.kind) {
      case 'released':
        return { __typename: 'ReleaseSuccess', reservation: toReservation(id, outcome.hold, currencyCode) }
      case 'reservationEnded':
        return { ...refusal('ReservationEndedError', viewer.language, ['reservationId']), state: outcome.state }
      case 'reservationNotFound':
        return refusal('ReservationNotFoundError', viewer.language, ['reservationId'])
      default:
        return unreachable(outcome)
    }
  },

  charge: async (_, { input }, context) => {
    const { viewer, charge } = context
    const { chargeId: id, ...wish } = input
    const outcome = await charge({ ...wish, id, service: serviceOf(viewer) })
    switch (outcome.kind) {
      case 'charged':
        return { __typename: 'ChargeSuccess', chargeId: id }
      case 'notEligible':
        return notEligible(await inWords(context, outcome.failed, toReason), viewer.language)
      case 'idReused':
        return refusal('IdempotencyKeyReusedError', viewer.language, ['chargeId'])
      default:
        return refuse(outcome, viewer.language)
    }
  },
}

function serviceOf({ principal }: Viewer): SubgraphName {
  invariant(principal.kind === 'service', 'only services charge lines')
  return principal.name
}

function refuse(refused: ChargeRefusal, language: Language) {
  switch (refused.kind) {
    case 'lineNotFound':
      return refusal('LineNotFoundError', language, ['lineId'])
    case 'invalidAmount':
      return refusal('InvalidAmountError', language, ['amount'])
    case 'invalidCharge':
      return refusal('InvalidChargeError', language, refused.at)
    default:
      return unreachable(refused)
  }
}

function toReservation(id: string, hold: Hold, currencyCode: CurrencyCode) {
  const { state, unit, amount, captured, expiresAt } = hold
  const taken = { id, state, expiresAt, amount: null, captured: null, points: null, capturedPoints: null }
  return unit === 'POINT'
    ? { ...taken, points: Number(amount), capturedPoints: Number(captured) }
    : { ...taken, amount: toMoney(amount, currencyCode), captured: toMoney(captured, currencyCode) }
}

function toReason(failed: FailedChargeRule, words: ReasonWords): Reason {
  switch (failed.rule) {
    case 'notEnoughMoney': {
      const missing = words.money(failed.missing)
      return {
        code: 'NOT_ENOUGH_MONEY',
        message: {
          ru: `На номере не хватает ${missing.ru}.`,
          en: `The line is ${missing.en} short.`,
        },
        remedy: { ru: 'Пополните номер и повторите.', en: 'Top the line up, and try again.' },
      }
    }
    case 'notEnoughPoints':
      return {
        code: 'NOT_ENOUGH_POINTS',
        message: {
          ru: `На номере не хватает баллов: ${failed.missing}.`,
          en: `The line is short of points: ${failed.missing}.`,
        },
        remedy: { ru: 'Потратьте меньше баллов.', en: 'Spend fewer points.' },
      }
    case 'balanceUnderReview':
      return BALANCE_UNDER_REVIEW
    case 'spendCap':
      return spendCapReached(failed.reached, words)
    default:
      return unreachable(failed)
  }
}
