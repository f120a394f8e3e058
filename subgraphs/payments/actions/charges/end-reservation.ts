import type { Transaction } from 'kysely'
import { atOneMoment, type Clock } from '../../../../platform/clock.ts'
import { parseId } from '../../../../platform/ids.ts'
import { invariant } from '../../../../platform/invariant.ts'
import { lockFreeHeldBalances, lockHeldBalance } from '../../ledger/balance.ts'
import { captureLockedHolds, findHold, findHolds, type Hold, type HoldState, releaseHold } from '../../ledger/holds.ts'
import type { Tables } from '../../store/tables.ts'
import { type ChargeKey, parseAmount, takeForService } from './charge-wish.ts'
import { type ReservationDependencies, reservationSource } from './reserve.ts'
import { createTogether } from './together.ts'

export interface CaptureWish extends ChargeKey {
  /** Null for all of it. */
  readonly amount: string | null
}

export type CaptureOutcome =
  | { readonly kind: 'captured'; readonly hold: Hold }
  | { readonly kind: 'invalidAmount' }
  /** It was captured before, with another amount. */
  | { readonly kind: 'idReused' }
  | EndedOtherwise

export type ReleaseOutcome = { readonly kind: 'released'; readonly hold: Hold } | EndedOtherwise

type EndedOtherwise =
  | { readonly kind: 'reservationEnded'; readonly state: HoldState }
  | { readonly kind: 'reservationNotFound' }

interface WantedCapture {
  readonly lineId: string
  readonly sourceKey: string
  /** Null for all of it. */
  readonly asked: string | null
}

/** Takes what a service has set aside, or a part of it, once; the rest is free again. */
export function createCapture(dependencies: ReservationDependencies): (wish: CaptureWish) => Promise<CaptureOutcome> {
  const captureTogether = createTogether<WantedCapture, CaptureOutcome>(dependencies, {
    lock: lockHeldBalance,
    lockFree: lockFreeHeldBalances,
    run: (trx, wanted) => captureAll(trx, atOneMoment(dependencies), wanted),
    whenNoBook: NOT_FOUND,
  })
  return async (wish) => {
    const { amount: asked } = wish
    if (asked !== null && parseAmount(asked, 'KOPECK') === null) return { kind: 'invalidAmount' }
    const key = toHoldKey(wish)
    return key === null ? NOT_FOUND : captureTogether({ ...key, asked })
  }
}

async function captureAll(
  trx: Transaction<Tables>,
  dependencies: ReservationDependencies,
  wanted: readonly WantedCapture[],
): Promise<CaptureOutcome[]> {
  const holds = await findHolds(trx, wanted)
  const answers = wanted.map(({ asked }, place) => decideCapture(holds[place] ?? null, asked, dependencies.clock))
  const granted = answers.filter((answer) => answer.kind === 'granted')
  const posted = await captureLockedHolds(
    trx,
    dependencies,
    granted.map(({ hold, amount }) => ({ ...hold, movements: [takeForService(hold.unit, amount)] })),
  )
  invariant(!posted.includes(null), 'what waits under the lock of its balance can be captured')
  return answers.map((answer) => {
    if (answer.kind !== 'granted') return answer
    return { kind: 'captured', hold: { ...answer.hold, state: 'CAPTURED', captured: answer.amount } }
  })
}

function decideCapture(
  hold: Hold | null,
  asked: string | null,
  clock: Clock,
): CaptureOutcome | { readonly kind: 'granted'; readonly hold: Hold; readonly amount: bigint } {
  if (hold === null) return NOT_FOUND
  const amount = asked === null ? hold.amount : parseAmount(asked, hold.unit)
  if (amount === null || amount > hold.amount) return { kind: 'invalidAmount' }
  if (hold.state === 'CAPTURED') return hold.captured === amount ? { kind: 'captured', hold } : { kind: 'idReused' }
  const state = endedState(hold, clock)
  return state === 'PENDING' ? { kind: 'granted', hold, amount } : { kind: 'reservationEnded', state }
}

/** Sets free what a service has set aside. */
export async function releaseReservation(
  { db, clock }: ReservationDependencies,
  wish: ChargeKey,
): Promise<ReleaseOutcome> {
  const key = toHoldKey(wish)
  if (key === null) return NOT_FOUND
  return db.transaction().execute(async (trx) => {
    // Under the lock the hold stays as it is read. Without it there was none, and what comes meanwhile is not read at all.
    const hold = (await lockHeldBalance(trx, key)) && (await findHold(trx, key))
    if (hold === null) return NOT_FOUND
    if (hold.state === 'CAPTURED') return { kind: 'reservationEnded', state: hold.state }
    if (hold.state !== 'PENDING') return { kind: 'released', hold }
    invariant(await releaseHold(trx, hold, clock.now()), 'what waits under the lock of its balance can be released')
    return { kind: 'released', hold: { ...hold, state: 'RELEASED' } }
  })
}

const NOT_FOUND = { kind: 'reservationNotFound' } as const

/** Null when nothing can be held under it. */
function toHoldKey(wish: ChargeKey): Pick<Hold, 'lineId' | 'sourceKey'> | null {
  const lineId = parseId(wish.lineId)
  return lineId === null || wish.id.includes('\0') ? null : { lineId, sourceKey: reservationSource(wish) }
}

/** One that is past its time and was not set free yet has expired all the same. */
function endedState({ state, expiresAt }: Hold, clock: Clock): HoldState {
  return state === 'PENDING' && expiresAt <= clock.now() ? 'EXPIRED' : state
}
