/** Beyond this the power is past any pause, and soon past what a number holds. */
const DOUBLINGS_MAX = 20

/** How long to wait before somebody is asked again: each pause is twice the one before, up to the longest. */
export function growingPauseSeconds(
  { first, max }: { readonly first: number; readonly max: number },
  count: number,
): number {
  return Math.min(max, first * 2 ** Math.min(count, DOUBLINGS_MAX))
}
