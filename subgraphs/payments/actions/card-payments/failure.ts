/** Why money did not come off a card, for the customer: the same whatever the acquirer's own words for it. */
export const CARD_FAILURES = [
  'INSUFFICIENT_FUNDS',
  'CARD_EXPIRED',
  'CONFIRMATION_FAILED',
  'EXPIRED',
  'CARD_NOT_USABLE',
  'DECLINED',
  'NOT_ACCEPTED',
] as const
export type CardFailure = (typeof CARD_FAILURES)[number]

const BY_REASON: Readonly<Record<string, CardFailure>> = {
  insufficient_funds: 'INSUFFICIENT_FUNDS',
  payment_method_limit_exceeded: 'INSUFFICIENT_FUNDS',
  card_expired: 'CARD_EXPIRED',
  '3d_secure_failed': 'CONFIRMATION_FAILED',
  expired_on_confirmation: 'EXPIRED',
  expired_on_capture: 'EXPIRED',
  permission_revoked: 'CARD_NOT_USABLE',
  payment_method_restricted: 'CARD_NOT_USABLE',
  invalid_card_number: 'CARD_NOT_USABLE',
  invalid_csc: 'CARD_NOT_USABLE',
  country_forbidden: 'CARD_NOT_USABLE',
}

/** From the acquirer's word for it; one that is not known is a refusal like any other. */
export function toCardFailure(reason: string | undefined): CardFailure {
  return BY_REASON[reason ?? ''] ?? 'DECLINED'
}
