/** How many operations may be sent again: a share of those that are sent, so that retries never double a load. */
export interface RetryBudget {
  /** Called for each operation that is sent for the first time. */
  earn(): void
  /** Takes one retry; false when there is none left. */
  spend(): boolean
}

export interface RetryBudgetOptions {
  /** Of all operations; the rest of the budget is kept for a bad moment. */
  readonly retryShare: number
  readonly retriesKeptMax: number
}

export function createRetryBudget({ retryShare, retriesKeptMax }: RetryBudgetOptions): RetryBudget {
  let left = retriesKeptMax
  return {
    earn() {
      left = Math.min(retriesKeptMax, left + retryShare)
    },
    spend() {
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
