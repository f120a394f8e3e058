import type { TestDatabase } from '../../../../cli/testing/test-database.ts'
import { createPool } from '../../../../platform/database/connect.ts'
import { silentLogger } from '../../../../platform/logger.ts'
import { mapSubgraphs } from '../../../../platform/subgraph/name.ts'
import { LINES_OF_TOWN, liveInTown } from '../town.ts'
import type { MortalCluster } from './mortal-cluster.ts'
import type { TortureReport, TortureWorld } from './torture.ts'

const DAYS_OF_A_YEAR = 365.25

export interface YearsOptions {
  readonly cluster: MortalCluster
  readonly seed: number
  readonly onDone: NonNullable<TortureWorld['onDone']>
}

/**
 * Years of automatic payments, promised payments, holds, fees and points pass by. The lines are audited as of their last
 * moment, for nothing that is due may be left; the digest is the same for the same seed.
 */
export async function tortureYears({ cluster, seed, onDone }: YearsOptions, years: number): Promise<TortureReport> {
  const days = Math.round(years * DAYS_OF_A_YEAR)
  const database = openDatabase(cluster)
  try {
    const onDay = (day: number) => onDone(day, days)
    const { audit, problems, rounds, digest } = await liveInTown(database, { days, seed, lines: LINES_OF_TOWN, onDay })
    const breaches = audit.findings.flatMap(({ meaning, examples }) => examples.map((place) => `${meaning}: ${place}`))
    return {
      name: 'years',
      problems: [...problems, ...breaches],
      figures: { years, rounds, seed, digest: Number.parseInt(digest.slice(0, 8), 16) },
    }
  } finally {
    await database.drop()
  }
}

/** As tests have it; it goes with its cluster. */
function openDatabase(cluster: MortalCluster): TestDatabase {
  const adminUrl = cluster.adminUrl()
  const pool = createPool({ url: adminUrl, poolSizeMax: 1, logger: silentLogger })
  return {
    adminUrl,
    urls: mapSubgraphs(() => cluster.url()),
    sql: async (text, values = []) => (await pool.query(text, [...values])).rows,
    drop: () => pool.end(),
  }
}
