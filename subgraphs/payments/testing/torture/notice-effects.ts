import type { Kysely } from 'kysely'
import type { PaymentStatus, Tables } from '../../store/tables.ts'
import type { CardShop, TopUp } from './card-shop.ts'
import { findDifferences, findHeld, readEffects } from './effects.ts'

/** Compares what the acquirer has in the end with what payments have: each cause once, of the same amount, and no other. */
export async function findWrongEffects(
  db: Kysely<Tables>,
  shop: CardShop,
  topUps: readonly TopUp[],
): Promise<string[]> {
  const lineIds = shop.customers.map(({ lineId }) => lineId)
  const differences = findDifferences(expectedEffects(shop, topUps), await readEffects(db, lineIds))
  return [...differences, ...(await findWrongStates(db, topUps)), ...(await findHeld(db, lineIds))]
}

/** A payment counts that was taken with the amount that was asked for; of its refunds all that came about. */
function expectedEffects({ bank }: CardShop, topUps: readonly TopUp[]): Map<string, bigint> {
  const expected = new Map<string, bigint>()
  const lineOfTheirs = new Map<string, string>()
  for (const { customer, theirs, amount } of topUps) {
    lineOfTheirs.set(theirs.id, customer.lineId)
    if (isTaken({ theirs, amount })) expected.set(`${customer.lineId} acquirer:${theirs.id}`, amount)
  }
  // Ours is the key by which the acquirer was asked.
  for (const [refundId, { id }] of bank.keys) {
    const refund = bank.refunds.get(id)
    if (refund?.status !== 'succeeded') continue
    expected.set(`${lineOfTheirs.get(refund.paymentId)} card-refund:${refundId}`, -BigInt(refund.amount))
  }
  return expected
}

function isTaken({ theirs, amount }: Pick<TopUp, 'theirs' | 'amount'>): boolean {
  return theirs.status === 'succeeded' && BigInt(theirs.captured) === amount
}

async function findWrongStates(db: Kysely<Tables>, topUps: readonly TopUp[]): Promise<string[]> {
  const rows = await db.selectFrom('payment').select(['id', 'status']).where('kind', '=', 'TOP_UP').execute()
  const statuses = new Map(rows.map(({ id, status }) => [id, status]))
  return topUps.flatMap((topUp) => {
    const [status, expected] = [statuses.get(topUp.paymentId), expectedStatus(topUp)]
    return status === expected ? [] : [`a payment that is ${topUp.theirs.status} at the acquirer is ${status} here`]
  })
}

/** One that was taken with another amount moves nothing, and is for people to look at. */
function expectedStatus({ theirs, amount }: TopUp): PaymentStatus {
  if (isTaken({ theirs, amount })) return BigInt(theirs.refunded) === amount ? 'REFUNDED' : 'SUCCEEDED'
  return theirs.status === 'canceled' ? 'FAILED' : 'PENDING'
}
