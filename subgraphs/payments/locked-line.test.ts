import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { connectDatabase, createPool, POOL_SIZE_MAX_DEFAULT } from '../../platform/database/connect.ts'
import { silentLogger } from '../../platform/logger.ts'
import { expireHolds } from './ledger/expire-holds.ts'
import type { Tables } from './store/tables.ts'
import { executeAsService } from './testing/service-door.ts'

const NOON = new Date('2026-03-01T12:00:00Z')
const HOUR_MS = 3_600_000
const [LOCKED, FREE] = [1, 2]

/** As by a process that was frozen, or whose machine is gone, between the lock of a balance and the end. */
describe('a line that somebody has locked and does not let go', () => {
  let cabinet: TestCabinet
  let now = NOON
  let release: () => Promise<void>

  beforeAll(async () => {
    cabinet = await openTestCabinet({ clock: { now: () => now } })
    await insertCatalogue(cabinet.database)
    await insertAccount(cabinet.database, { number: 1 })
    for (const number of [LOCKED, FREE]) {
      await insertLine(cabinet.database, { number, ownerId: accountId(1), kopecks: 10_000n })
      expect(await want('reserve', number, 'reservationId: "held"')).toEqual(done('ReserveSuccess'))
    }
    release = await lock(LOCKED)
  })
  afterAll(async () => {
    await release()
    await cabinet.close()
  })

  const want = (door: 'charge' | 'reserve', line: number, id: string) =>
    executeAsService(
      cabinet,
      `${door}(input: { lineId: "${lineId(line)}", ${id}, amount: "1.00", kind: SERVICE_CHARGE,
        reason: { title: { ru: "Кино", en: "Cinema" } } }) { __typename }`,
    )

  const done = (__typename: string) => ({ data: { answer: { __typename } } })

  async function lock(line: number): Promise<() => Promise<void>> {
    const pool = createPool({ url: cabinet.database.urls.payments, logger: silentLogger })
    const client = await pool.connect()
    await client.query('begin')
    await client.query('select from payments.ledger_balance where line_id = $1 for update', [lineId(line)])
    return async () => {
      await client.query('rollback')
      client.release()
      await pool.end()
    }
  }

  it('holds up nobody but those who want something of it, and they may ask again', async () => {
    const stuck = Array.from({ length: POOL_SIZE_MAX_DEFAULT + 2 }, (_, place) =>
      want('charge', LOCKED, `chargeId: "stuck ${place}"`),
    )
    // As many as there are connections wait for the line by now.
    await cabinet.database.sql('select pg_sleep(0.5)')
    expect(await want('charge', FREE, 'chargeId: "other"')).toEqual(done('ChargeSuccess'))
    for (const { errors } of await Promise.all(stuck)) {
      expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['SUBGRAPH_UNAVAILABLE'])
    }
  })

  it('does not keep the holds of others from ending when their time is over', async () => {
    now = new Date(NOON.getTime() + HOUR_MS)
    const db = connectDatabase<Tables>({ url: cabinet.database.urls.payments, logger: silentLogger })
    await expireHolds(db, now).catch(() => undefined)
    await db.destroy()
    const holds = await cabinet.database.sql('select line_id, state from payments.hold order by line_id')
    expect(holds).toEqual([
      { line_id: lineId(LOCKED), state: 'PENDING' },
      { line_id: lineId(FREE), state: 'EXPIRED' },
    ])
  })
})
