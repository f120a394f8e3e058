import type { Translated } from '../../../../platform/languages.ts'

/** What is known to change, at a moment that is still to come, how much of a line's money can be spent. */
export interface ComingCharge {
  readonly lineId: string
  readonly dueAt: Date
  readonly kind: ComingChargeKind
  /** The name of what it is for; null when there is nothing to say beside the kind. */
  readonly name: Translated | null
  /** Kopecks: negative for what can be spent no more. */
  readonly amount: bigint
}

export type ComingChargeKind = 'SUBSCRIPTION_FEE' | 'PROMISED_PAYMENT_DUE' | 'AUTO_PAYMENT'

/** After the first moment and before the second. */
export interface ForecastWindow {
  readonly now: Date
  readonly until: Date
}

/**
 * Where coming charges are known from: asked once for all lines whose forecasts are asked for at a moment. Gives them in
 * any order; null when they cannot be told now, because a forecast without them would be an invented one.
 */
export type ChargeSource = (
  lineIds: readonly string[],
  window: ForecastWindow,
) => Promise<readonly ComingCharge[] | null>
