import { setTimeout as sleep } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import { silentLogger } from '../../../../platform/logger.ts'
import { createChargeActions } from '../../actions/charges/charge-actions.ts'
import { once } from '../../actions/once.ts'
import { give } from '../../ledger/posting.ts'
import type { PaymentsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { moveMoney } from '../model/transfer.ts'
import type { TortureWorld } from './torture.ts'

/** What may be cut off in the middle: each changes money under a key of its own. */
export const REQUEST_KINDS = ['charge', 'reserve', 'capture', 'transfer', 'keyed'] as const

export interface Request {
  readonly kind: (typeof REQUEST_KINDS)[number]
  readonly key: string
  readonly lineId: string
  readonly otherLineId: string
}

/** The amount of every request. */
export const KOPECKS = 100n

const PATIENCE_MS = 30_000

/** Sends a request, perhaps not for the first time. Throws when it was not carried out. */
export async function send(world: TortureWorld, request: Request): Promise<void> {
  for (const endsAt = performance.now() + PATIENCE_MS; ; await sleep(20)) {
    const outcome = await outcomeOf(world, request)
    if (['charged', 'reserved', 'captured', 'moved', 'done'].includes(outcome)) return
    // The database learns a moment later that the process is gone that had the key.
    if (outcome !== 'operationInProgress' || performance.now() > endsAt) {
      throw new Error(`the request ${request.kind} was answered with ${outcome}`)
    }
  }
}

async function outcomeOf(world: TortureWorld, { kind, key: id, lineId, otherLineId }: Request): Promise<string> {
  const { db, clock, newId } = world
  const policies = { current: async () => ({ 'hold.ttlMinutes': 60, 'hold.ttlMinutesMax': 60 }) as PaymentsPolicies }
  const dependencies = { db, clock, newId, policies, currencyCode: 'RUB' as const, logger: silentLogger }
  const charges = createChargeActions(dependencies)
  const named = { service: 'products', lineId, id } as const
  const reason = { title: { ru: 'Услуга', en: 'A service' } }
  const wish = { ...named, amount: '1.00', kind: 'SERVICE_CHARGE', reason } as const
  switch (kind) {
    case 'charge':
      return (await charges.charge(wish)).kind
    case 'reserve':
      return (await charges.reserve({ ...wish, minutes: null })).kind
    case 'capture':
      return (await charges.captureReservation({ ...named, amount: null })).kind
    case 'transfer': {
      const move = { key: id, from: { id: lineId }, to: { id: otherLineId }, amount: KOPECKS }
      const isMoved = await db.transaction().execute((trx) => moveMoney(trx, world, move))
      return isMoved ? 'moved' : 'refused'
    }
    case 'keyed':
      return (
        await once(dependencies, { personId: lineId, operation: 'torture', key: id, body: [] }, (trx) =>
          topUp(world, trx, { id, lineId }),
        )
      ).kind
  }
}

async function topUp(
  world: TortureWorld,
  trx: Transaction<Tables>,
  { id, lineId }: { readonly id: string; readonly lineId: string },
): Promise<{ readonly kind: 'done' }> {
  await world.parts.post(trx, world, {
    ...{ lineId, kind: 'TOP_UP', sourceKey: `keyed:${id}:${world.newId()}`, occurredAt: world.clock.now() },
    movements: [give('KOPECK', 'CARD_ACQUIRING', KOPECKS)],
  })
  return { kind: 'done' }
}

/** How often a request has had its effect, as the ledger says. */
export async function effectsOf({ db }: Pick<TortureWorld, 'db'>, { kind, key, lineId }: Request): Promise<number> {
  const table = kind === 'reserve' ? 'hold' : 'ledger_transaction'
  const row = await db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<bigint>().as('count'))
    .where('line_id', '=', lineId)
    .where('source_key', 'like', `%${key}%`)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
