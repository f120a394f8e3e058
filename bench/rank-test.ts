/** Whether two samples can be told apart by their order alone: Mann and Whitney's test. */
export interface RankTest {
  /** How often a value of the second sample is larger than one of the first: 0.5 when nothing tells them apart. */
  readonly auc: number
  /** How likely a distance from 0.5 as large as this is by chance. */
  readonly p: number
}

export function rankTest(first: readonly number[], second: readonly number[]): RankTest {
  const ranked = [...first.map((value) => ({ value, sample: 0 })), ...second.map((value) => ({ value, sample: 1 }))]
  ranked.sort((left, right) => left.value - right.value)
  let rankSum = 0
  for (let from = 0, to = 0; from < ranked.length; from = to) {
    while (to < ranked.length && ranked[to]?.value === ranked[from]?.value) to++
    // Equal values share the ranks that they take up.
    const rank = (from + to + 1) / 2
    for (const { sample } of ranked.slice(from, to)) rankSum += sample * rank
  }
  const [n, m] = [first.length, second.length]
  const wins = rankSum - (m * (m + 1)) / 2
  const deviation = Math.sqrt((n * m * (n + m + 1)) / 12)
  return { auc: wins / (n * m), p: twoSided((wins - (n * m) / 2) / deviation) }
}

/** The weight of both tails of the normal distribution beyond z: Abramowitz and Stegun 7.1.26, exact to 2e-7. */
function twoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const polynomial = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  return polynomial * Math.exp(-x * x)
}
