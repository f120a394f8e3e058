import type { Transaction } from 'kysely'
import { createCalendar, type Day } from '../../../../platform/calendar.ts'
import type { BonusPointsGiven } from '../../../../platform/events/event.ts'
import { writeEvent } from '../../../../platform/events/outbox.ts'
import { parseId } from '../../../../platform/ids.ts'
import { maskPhone, parsePhone } from '../../../../platform/phone.ts'
import { lockBalance } from '../../ledger/balance.ts'
import { addLots, readFreeLots, takeOldest } from '../../ledger/lots.ts'
import { post } from '../../ledger/post.ts'
import { give, take } from '../../ledger/posting.ts'
import { countGift, findGivenOn } from '../../store/gift-days.ts'
import { receiveOnce } from '../../store/inbox.ts'
import { isAllowed, mayView } from '../../store/line-access.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import { isQuarantined } from '../../store/quarantine.ts'
import type { Tables } from '../../store/tables.ts'
import type { ActionDependencies } from '../actions.ts'
import { type Asker, asAccount } from '../asker.ts'
import { countAsking } from '../count-asking.ts'
import { findLineByPhone, findLineInService } from '../line-in-service.ts'
import { type KeyedCommand, type KeyRefusal, once, recall } from '../once.ts'
import { recordAct } from '../record-act.ts'
import { forOurselves } from '../service-viewer.ts'
import { findSimHold } from '../sim-hold.ts'
import { type FailedGiftRule, giftObstacles } from './gift-rules.ts'

export interface GivePoints {
  readonly fromLineId: string
  readonly toPhone: string
  readonly points: number
  readonly idempotencyKey: string
}

/** As JSON: it is kept with the client's key. */
export type GivePointsOutcome =
  | { readonly kind: 'given'; readonly lineId: string; readonly points: string }
  | { readonly kind: 'lineNotFound' }
  | { readonly kind: 'notEligible'; readonly failed: readonly FailedGiftRule[] }

export type GivePointsRefusal =
  | KeyRefusal
  | { readonly kind: 'invalidPhone' }
  | { readonly kind: 'tooManyRequests'; readonly retryAt: Date }

/**
 * Gives points to another subscriber, with the days on which they expire: to give them away makes none of them good for
 * longer. They leave at once and arrive by an event, for the other line may be kept elsewhere; no line refuses them.
 */
export async function givePoints(
  dependencies: ActionDependencies,
  { fromLineId, toPhone: typed, points, idempotencyKey: key }: GivePoints,
  asker: Asker,
): Promise<GivePointsOutcome | GivePointsRefusal> {
  const { db, clock } = dependencies
  const { personId, accountId } = asAccount(asker)
  const lineId = parseId(fromLineId)
  const toPhone = parsePhone(typed)
  const command: KeyedCommand = {
    personId,
    operation: 'giveBonusPoints',
    key,
    body: [accountId, lineId, toPhone, String(points)],
  }
  const known = await recall<GivePointsOutcome>(dependencies, command)
  if (known) return known
  // Before anything else: to others a line answers like none, whatever they ask about it.
  if (lineId === null) return { kind: 'lineNotFound' }
  const mayGive = await db.transaction().execute((trx) => isAllowed(trx, lineId, asker.grant, clock.now()))
  if (!mayGive) return { kind: 'lineNotFound' }
  if (toPhone === null) return { kind: 'invalidPhone' }

  const policies = await dependencies.policies.current()
  const today = createCalendar(policies['operator.timeZone']).dayOf(clock.now())
  const retryAt = await countAsking(dependencies, personId, 'transfer.quotesPerDay')
  if (retryAt !== null) return { kind: 'tooManyRequests', retryAt }
  const [giver, toLineId] = await Promise.all([
    findLineInService(dependencies, lineId),
    findLineByPhone(dependencies, toPhone),
  ])
  if (giver === null) return { kind: 'lineNotFound' }
  const heldUntil = await findSimHold(dependencies, { line: giver, personId, now: clock.now() })
  const from = giver.phone && maskPhone(giver.phone)
  const to = maskPhone(toPhone)
  const outcome = await once<GivePointsOutcome>(dependencies, command, (trx) =>
    send(trx, dependencies, { lineId, toLineId, points: BigInt(points), today, heldUntil, from, to, policies, asker }),
  )
  if (outcome.kind === 'given') dependencies.onEvent()
  return outcome
}

interface Gift {
  readonly lineId: string
  readonly toLineId: string | null
  readonly points: bigint
  readonly today: Day
  readonly heldUntil: Date | null
  /** The giver's number as the receiver may see it. */
  readonly from: string | null
  /** The receiver's, as it stands in the giver's statement. */
  readonly to: string
  readonly policies: PaymentsPolicies
  readonly asker: Asker
}

async function send(
  trx: Transaction<Tables>,
  dependencies: ActionDependencies,
  { lineId, toLineId, points, today, heldUntil, from, to, policies, asker }: Gift,
): Promise<GivePointsOutcome> {
  const now = dependencies.clock.now()
  if (!(await isAllowed(trx, lineId, asker.grant, now))) return { kind: 'lineNotFound' }
  await lockBalance(trx, lineId, 'POINT')
  const freeLots = await readFreeLots(trx, lineId, now)
  const failed = giftObstacles({
    points,
    available: freeLots.reduce((sum, lot) => sum + lot.points, 0n),
    isUnderReview: await isQuarantined(trx, lineId),
    arePointsVisible: await mayView(trx, lineId, asAccount(asker).accountId, now),
    givenToday: await findGivenOn(trx, lineId, today),
    isReceiverKnown: toLineId !== null,
    isSameLine: toLineId === lineId,
    heldUntil,
    limits: {
      pointsMin: BigInt(policies['bonus.giftPointsMin']),
      pointsMax: BigInt(policies['bonus.giftPointsMax']),
      pointsPerDay: BigInt(policies['bonus.giftPointsPerDay']),
    },
  })
  if (failed.length > 0 || toLineId === null) return { kind: 'notEligible', failed }
  const giftId = dependencies.newId()
  const lots = takeOldest(freeLots, points)
  await post(trx, dependencies, {
    lineId,
    kind: 'BONUS_GIVEN',
    sourceKey: giftKey(giftId),
    occurredAt: now,
    movements: [take('POINT', 'BONUS_PROGRAMME', points)],
    cause: { title: { ru: to, en: to } },
  })
  await countGift(trx, { lineId, day: today, points })
  const event: BonusPointsGiven = {
    id: dependencies.newId(),
    kind: 'BonusPointsGiven',
    occurredAt: now.toISOString(),
    giftId,
    toLineId,
    lots: lots.map((lot) => ({
      points: String(lot.points),
      expiresAt: lot.expiresAt.toISOString(),
      earnedAt: lot.earnedAt.toISOString(),
    })),
    fromPhone: from,
  }
  await writeEvent(trx, event, ['payments'])
  const act = { lineId, act: 'BONUS_POINTS_GIVEN', details: { giftId, points: String(points) } }
  await recordAct(trx, dependencies, act, asker.viewer)
  return { kind: 'given', lineId, points: String(points) }
}

/** The receiver's side of a gift: once, however often the event comes. */
export async function receivePoints(dependencies: ActionDependencies, event: BonusPointsGiven): Promise<void> {
  const { db, clock, newId } = dependencies
  const { toLineId: lineId, giftId, fromPhone } = event
  const lots = event.lots.map((lot) => ({
    points: BigInt(lot.points),
    expiresAt: new Date(lot.expiresAt),
    earnedAt: lot.earnedAt === undefined ? clock.now() : new Date(lot.earnedAt),
  }))
  const points = lots.reduce((sum, lot) => sum + lot.points, 0n)
  await db.transaction().execute(async (trx) => {
    if (!(await receiveOnce(trx, event.id))) return
    const now = clock.now()
    await post(trx, dependencies, {
      lineId,
      kind: 'BONUS_RECEIVED',
      sourceKey: giftKey(giftId),
      occurredAt: now,
      movements: [give('POINT', 'BONUS_PROGRAMME', points)],
      ...(fromPhone !== null && { cause: { title: { ru: fromPhone, en: fromPhone } } }),
    })
    await addLots(trx, { lineId, lots, newId })
    const act = { lineId, act: 'BONUS_POINTS_RECEIVED', details: { giftId, points: String(points) } }
    await recordAct(trx, dependencies, act, forOurselves(event.id))
  })
  dependencies.onEvent()
}

/** Names a gift among the causes of both lines. */
function giftKey(giftId: string): string {
  return `gift:${giftId}`
}
