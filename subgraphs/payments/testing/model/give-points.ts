import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import type { BonusPointsGiven } from '../../../../platform/events/event.ts'
import { givePoints as givePointsAway } from '../../actions/bonus/give-points.ts'
import type { LineModel } from './line-model.ts'
import type { Operation } from './operation.ts'
import type { World } from './world.ts'

const POINTS_MAX = 20n

/** Points from one line to another: they leave at once and arrive by an event, good for as long as they were. */
export const givePoints: Operation = {
  name: 'givePoints',
  run: async (world, { line, other, amount }) => {
    const [from, to] = world.pair(line, other)
    await world.request(async (key) => {
      const points = 1n + (amount % POINTS_MAX)
      const flights = [from.points.begin({ loss: points }), to.points.begin({ gain: points })] as const
      const wish = { fromLineId: from.id, toPhone: to.phone, points: Number(points), idempotencyKey: key }
      const { kind } = await givePointsAway(world.dependencies, wish, world.owner)
      if (world.answer(key, kind) === 'first') noteGiven(world, { key, from, points, kind, flight: flights[0] })
      await deliverGifts(world, from)
      for (const flight of flights) flight.end()
    })
  },
}

interface Given {
  readonly key: string
  readonly from: LineModel
  readonly points: bigint
  readonly kind: string
  readonly flight: { readonly low: bigint; readonly high: bigint }
}

function noteGiven(world: World, { key, from, points, kind, flight: { low, high } }: Given): void {
  if (kind === 'given') {
    world.expect(points <= high, `${key} has given more points than there can have been`)
    if (world.done(`!given:${key}`, from.points, { posted: -points })) from.points.give(points)
  } else {
    const isJustified = kind === 'notEligible' && (points > low || from.points.isBlurred)
    world.expect(isJustified, `the gift ${key} is ${kind} though there were enough points`)
  }
}

/** Brings what was given to whom it is for; others may bring the same. */
async function deliverGifts(world: World, from: LineModel): Promise<void> {
  const { rows } = await sql<{ id: string; payload: BonusPointsGiven }>`
    select id, payload from outbox
    where receiver = 'payments' and payload->>'toLineId' = any(${world.lines.map(({ id }) => id)}::text[])
  `.execute(world.db)
  for (const { id, payload } of rows) {
    await world.parts.receivePoints(world.dependencies, payload)
    noteReceived(world, from, payload)
    await sql`delete from outbox where id = ${id} and receiver = 'payments'`.execute(world.db)
  }
}

function noteReceived(world: World, from: LineModel, { giftId, toLineId, lots }: BonusPointsGiven): void {
  const book = world.lines.find(({ id }) => id === toLineId)?.points
  const received = lots.map((lot) => ({ points: BigInt(lot.points), expiresAt: new Date(lot.expiresAt) }))
  const posted = received.reduce((sum, { points }) => sum + points, 0n)
  if (!book || !world.done(`!received:${giftId}`, book, { posted })) return
  book.lots.add(received)
  const isTaken = isDeepStrictEqual(received, from.points.given)
  world.expect(from.points.isShared || isTaken, `the gift ${giftId} is good for another time than it was`)
}
