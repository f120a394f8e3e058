import type { PaymentsPolicies } from '../../store/policies.ts'

/** How long to wait before the acquirer is asked again: each pause is twice the one before, up to the longest. */
export function pauseSeconds(
  count: number,
  policies: Pick<PaymentsPolicies, 'acquirer.pauseSeconds' | 'acquirer.pauseSecondsMax'>,
): number {
  // Beyond this the power is past any pause, and soon past what a number holds.
  const doublings = Math.min(count, DOUBLINGS_MAX)
  return Math.min(policies['acquirer.pauseSecondsMax'], policies['acquirer.pauseSeconds'] * 2 ** doublings)
}

const DOUBLINGS_MAX = 20
