/** How long to wait before the acquirer is asked again: each pause is twice the one before, up to the longest. */
export function pauseSeconds(count: number, { first, longest }: { readonly first: number; readonly longest: number }): number {
  // Beyond this the power is past any pause, and soon past what a number holds.
  return Math.min(longest, first * 2 ** Math.min(count, DOUBLINGS_MAX))
}

const DOUBLINGS_MAX = 20
