import { randomInt } from 'node:crypto'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findDisagreements } from '../../../../cli/testing/agreement.ts'
import { createTestDatabase, type TestDatabase } from '../../../../cli/testing/test-database.ts'
import { systemClock } from '../../../../platform/clock.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { watchedLogger } from '../../../../platform/testing/log-watch.ts'
import type { Tables } from '../../store/tables.ts'
import { PLANTS, readUnlocked } from './plants.ts'
import { runSequences } from './sequences.ts'
import { type LedgerParts, SOUND_PARTS } from './world.ts'

// `npm run torture` runs a hundred thousand.
const RUNS = 2_000
const SEED = randomInt(2 ** 31)

describe('the ledger beside a simple model of it', { timeout: 600_000 }, () => {
  let database: TestDatabase
  let db: ReturnType<typeof connectDatabase<Tables>>
  const newId = createNewId(systemClock)

  beforeAll(async () => {
    database = await createTestDatabase()
    db = connectDatabase<Tables>({ url: database.urls.payments, poolSizeMax: 20, logger: watchedLogger })
  })
  afterAll(async () => {
    await db.destroy()
    await database.drop()
  })

  it(`agrees with it after ${RUNS} sequences, by one client and by twenty at once (seed ${SEED})`, async () => {
    await runSequences({ db, newId, runs: RUNS, seed: SEED })
    expect(await findDisagreements(database)).toEqual([])
  })

  const planted = () => ({ db, newId, runs: RUNS, seed: 1, isFirstEnough: true })

  it('is seen to differ when a balance is read without its lock', async () => {
    const parts: LedgerParts = { ...SOUND_PARTS, lockBalance: readUnlocked }
    const only = ['topUp', 'transfer']
    await expect(runSequences({ ...planted(), parts, only })).rejects.toThrow(/balance_floor|deadlock|though/)
  })

  it('is seen to differ when a key is looked for before it is written', async () => {
    const parts: LedgerParts = {
      ...SOUND_PARTS,
      async post(trx, dependencies, posting) {
        const { lineId, sourceKey } = posting
        const known = await sql`
          select from ledger_transaction where line_id = ${lineId} and source_key = ${sourceKey}
        `.execute(trx)
        if (known.rows.length > 0) return { kind: 'alreadyPosted' }
        const outcome = await SOUND_PARTS.post(trx, dependencies, posting)
        if (outcome.kind === 'posted') return outcome
        // Another has come between: what the database would do if nobody had told it that keys are unique.
        return SOUND_PARTS.post(trx, dependencies, { ...posting, sourceKey: `${sourceKey} again` })
      },
    }
    const only = ['topUp', 'transfer', 'replay']
    await expect(runSequences({ ...planted(), parts, only })).rejects.toThrow(/posted, not|nobody was told/)
  })

  it.each(Object.entries(PLANTS))('is seen to differ when %s', async (_, { parts, only, told }) => {
    await expect(runSequences({ ...planted(), parts: { ...SOUND_PARTS, ...parts }, only })).rejects.toThrow(told)
  })
})
