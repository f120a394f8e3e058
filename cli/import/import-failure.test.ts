import { expect, it } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { createTestDatabase } from '../testing/test-database.ts'
import { describeFailure, ImportFailure } from './import-failure.ts'
import { withLoaders } from './loaders.ts'
import { noProgress } from './progress.ts'
import { generateBase } from './testing/generate-base.ts'
import { importBase, importDirectory, inFolder } from './testing/import-base.ts'
import { SAMPLE_BASE } from './testing/sample-base.ts'

it('a database that is not there ends the import with words that say what to do', async () => {
  const url = 'postgres://nobody@127.0.0.1:1/nothing'
  const databases = { accounts: url, 'linked-numbers': url, products: url, payments: url }
  const loading = { databases, clock: systemClock, newId: createNewId(systemClock), logger: silentLogger }
  const failure = await withLoaders(loading, ({ products }) => products.findOfferings()).catch(describeFailure)
  expect(failure).toMatch(/^The database went away: .*run the same command again and it goes on\.$/)
})

it('a database that goes away half-way ends the import, and the next run finishes it', {
  timeout: 30_000,
}, async () => {
  const database = await createTestDatabase()
  try {
    await inFolder(async (directory) => {
      await generateBase({ directory, lineCount: 1_000, seed: 3 })
      let broken: Promise<unknown> | null = null
      const breakOnce = () => {
        broken ??= database.sql(`
          select pg_terminate_backend(pid) from pg_stat_activity
          where datname = current_database() and usename <> current_user
        `)
      }
      const progress = { ...noProgress, advance: (file: string) => file === 'lines.csv' && breakOnce() }
      const failure = await importDirectory(database, directory, { batchRows: 20, progress }).catch(describeFailure)
      await broken
      expect(failure).toMatch(/^The database went away: /)
      const { report } = await importDirectory(database, directory)
      expect(report.sums.lines).toBe(1_000)
      expect(report.rejectedCount).toBe(0)
    })
  } finally {
    await database.drop()
  }
})

it('a value that the ledger cannot hold is named by the row, not by the database', async () => {
  const database = await createTestDatabase()
  try {
    const { rejects } = await importBase(database, {
      ...SAMPLE_BASE,
      'topups.csv': 'external_id,msisdn,amount,at\nr1,+79160000001,999999999999999,2026-01-01T00:00:00Z\n',
    })
    expect(rejects).toEqual([expect.stringMatching(/^topups.csv,2,amount,out-of-range,/)])
  } finally {
    await database.drop()
  }
})

it('says of a bad base only what is wrong with it', () => {
  expect(describeFailure(new ImportFailure('There is no folder x.'))).toBe('There is no folder x.')
})
