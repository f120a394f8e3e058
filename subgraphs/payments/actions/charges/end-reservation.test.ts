import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../../cli/testing/test-database.ts'
import { createWorker, type Worker } from '../../testing/worker.ts'
import { noSavedCards } from '../auto-payments/saved-cards.ts'
import { createChargeActions } from './charge-actions.ts'
import { releaseReservation } from './end-reservation.ts'
import type { ReserveWish } from './reserve.ts'

const NOON = new Date('2026-03-01T12:00:00Z')
const KEY = { service: 'products', lineId: lineId(1), id: 'order 1' } as const
const WISH: ReserveWish = {
  ...{ ...KEY, amount: '1.00', kind: 'SERVICE_CHARGE', minutes: 15 },
  reason: { title: { ru: 'Роуминг', en: 'Roaming' } },
}

describe('the end of a reservation', () => {
  let database: TestDatabase
  let worker: Worker
  let now: Date
  /** How much time goes by between two looks at the clock. */
  let tickMs: number

  beforeEach(async () => {
    ;[now, tickMs] = [NOON, 0]
    database = await createTestDatabase()
    const clock = {
      now() {
        const seen = now
        now = new Date(now.getTime() + tickMs)
        return seen
      },
    }
    worker = createWorker({ database, clock, savedCards: noSavedCards })
    await insertCatalogue(database)
    await insertAccount(database, { number: 1 })
    await insertLine(database, { number: 1, ownerId: accountId(1), kopecks: 10_000n })
  })
  afterEach(async () => {
    await worker.close()
    await database.drop()
  })

  it('is a capture or is too late, and no error, while its time runs out', async () => {
    const { reserve, captureReservation } = createChargeActions(worker.dependencies)
    expect(await reserve(WISH)).toMatchObject({ kind: 'reserved' })
    now = new Date(NOON.getTime() + 15 * 60_000 - 1)
    tickMs = 1
    expect(await captureReservation({ ...KEY, amount: null })).toMatchObject({ kind: 'captured' })
  })

  it('is not said to be a release when it was made, and captured, while somebody released it', async () => {
    const { reserve, captureReservation } = createChargeActions(worker.dependencies)
    const meanwhile = [() => reserve(WISH), () => captureReservation({ ...KEY, amount: null })]
    const db = worker.dependencies.db.withPlugin({
      transformQuery: ({ node }) => node,
      async transformResult({ result }) {
        await meanwhile.shift()?.()
        return result
      },
    })
    expect(await releaseReservation({ ...worker.dependencies, db }, KEY)).toEqual({ kind: 'reservationNotFound' })
    expect(await database.sql('select state from payments.hold')).toEqual([{ state: 'PENDING' }])
  })
})
