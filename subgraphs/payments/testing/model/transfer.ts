import type { Transaction } from 'kysely'
import { transferKey } from '../../actions/transfers/confirm-transfer.ts'
import { ownMoney } from '../../ledger/balance.ts'
import { isPosted, type LedgerDependencies } from '../../ledger/post.ts'
import { give, take } from '../../ledger/posting.ts'
import type { Tables } from '../../store/tables.ts'
import type { LineModel } from './line-model.ts'
import type { Operation } from './operation.ts'
import type { LedgerParts } from './world.ts'

/** Money from one line to another, both in one transaction. */
export const transfer: Operation = {
  name: 'transfer',
  run: async (world, { line, other, amount }) => {
    const [from, to] = world.pair(line, other)
    await world.request(async (key) => {
      const flights = [from.begin({ loss: amount }), to.begin({ gain: amount })]
      const isMoved = await world.transaction((trx) =>
        moveMoney(trx, { ...world.dependencies, parts: world.parts }, { key, from, to, amount }),
      )
      for (const flight of flights) flight.end()
      const [{ low, high }] = flights as [(typeof flights)[0]]
      const source = transferKey(key)
      if (isMoved) {
        world.expect(world.isDone(source, from) || amount <= high, `${key} has moved more than there can have been`)
        world.done(source, from, { posted: -amount })
        world.done(source, to, { posted: amount })
      } else {
        world.expect(amount > low && !world.isDone(source, from), `${key} was not moved though there was enough`)
      }
    })
  },
}

export interface Move {
  readonly key: string
  readonly from: Pick<LineModel, 'id'>
  readonly to: Pick<LineModel, 'id'>
  readonly amount: bigint
}

/**
 * Whether it is moved, now or before. Both balances are locked in the order that all keep to. No action does this, whose
 * two lines may be kept apart: it is the hardest that the ledger's own parts can be asked for.
 */
export async function moveMoney(
  trx: Transaction<Tables>,
  { parts, clock, newId }: LedgerDependencies & { readonly parts: Pick<LedgerParts, 'lockBalance' | 'post'> },
  { key, from, to, amount }: Move,
): Promise<boolean> {
  let has = 0n
  for (const id of [from.id, to.id].sort()) {
    const balance = await parts.lockBalance(trx, id, 'KOPECK')
    if (id === from.id && balance) has = ownMoney(balance)
  }
  const sourceKey = transferKey(key)
  if (has < amount) return isPosted(trx, { lineId: from.id, sourceKey })
  const dependencies = { clock, newId }
  const common = { occurredAt: clock.now() }
  const taken = await parts.post(trx, dependencies, {
    ...{ ...common, lineId: from.id, kind: 'TRANSFER_OUT', sourceKey },
    movements: [take('KOPECK', 'TRANSFERS', amount)],
  })
  if (taken.kind === 'alreadyPosted') return true
  await parts.post(trx, dependencies, {
    ...{ ...common, lineId: to.id, kind: 'TRANSFER_IN', sourceKey },
    movements: [give('KOPECK', 'TRANSFERS', amount)],
  })
  return true
}
