import { afterAll, beforeAll, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId } from '../../../../cli/testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from '../../../../cli/testing/test-database.ts'
import { createWorker, type Worker } from '../../testing/worker.ts'
import { noSavedCards } from '../auto-payments/saved-cards.ts'
import { creditTransfer } from './credit-transfer.ts'

const NOON = new Date('2026-03-01T12:00:00Z')
const RECEIVER = lineId(2)
let database: TestDatabase
let worker: Worker

beforeAll(async () => {
  database = await createTestDatabase()
  worker = createWorker({ database, clock: { now: () => NOON }, savedCards: noSavedCards })
  await insertCatalogue(database)
  await insertAccount(database, { number: 1 })
  for (const number of [1, 2]) await insertLine(database, { number, ownerId: accountId(1), kopecks: 0n })
})
afterAll(async () => {
  await worker.close()
  await database.drop()
})

it('tells again of a transfer that was credited, though the line may receive no more that day', async () => {
  const { dependencies } = worker
  const transferId = dependencies.newId()
  const sent = () =>
    creditTransfer(dependencies, {
      ...{ id: dependencies.newId(), kind: 'TransferSent', occurredAt: NOON.toISOString(), transferId },
      ...{ fromLineId: lineId(1), toLineId: RECEIVER, amount: '200000', fromPhone: null },
    })
  await sent()
  await sent()
  const told = await database.sql(
    `select payload ->> 'kind' as kind, payload ->> 'transferId' as "transferId" from payments.outbox
     where payload ->> 'kind' like 'Transfer%'`,
  )
  expect(told).toEqual([1, 2].map(() => ({ kind: 'TransferCredited', transferId })))
  expect(await worker.posted(RECEIVER)).toBe(200_000n)
})
