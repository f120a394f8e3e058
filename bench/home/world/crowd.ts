/** Accounts that have equally many lines. Accounts are numbered through all crowds. */
export interface Crowd {
  readonly linesEach: number
  readonly firstAccount: number
  readonly accountCount: number
}

/** The base of the bench: most people have two numbers. */
export const CROWDS: readonly Crowd[] = [
  { linesEach: 2, firstAccount: 1, accountCount: 10_000 },
  { linesEach: 1, firstAccount: 100_001, accountCount: 512 },
  { linesEach: 10, firstAccount: 200_001, accountCount: 256 },
  { linesEach: 100, firstAccount: 300_001, accountCount: 128 },
]

export function crowdWith(linesEach: number): Crowd {
  const crowd = CROWDS.find((candidate) => candidate.linesEach === linesEach)
  if (!crowd) throw new Error(`there are no accounts with ${linesEach} lines in the world of the bench`)
  return crowd
}

/** The account's id, as the filling SQL makes it. */
export function accountId(number: number): string {
  return `01900001-0000-7000-8000-${String(number).padStart(12, '0')}`
}
