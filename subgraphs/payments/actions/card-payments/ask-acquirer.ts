import type { Acquirer, AcquirerAnswer, CardPayment, NewCardPayment } from '../../../../platform/acquirer/acquirer.ts'
import { invariant } from '../../../../platform/invariant.ts'
import {
  type CardPaymentKey,
  type CardPaymentRow,
  findCardPayment,
  keyOf,
  lockCardPayment,
  markPaymentAsked,
} from '../../store/card-payments.ts'
import { type Asking, hasArrived, isAskedSince, spanOf } from './asking.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { fail } from './fail.ts'
import { unsealRequest } from './sealed-request.ts'
import { type Settled, settle } from './settle.ts'

/** What is known after asking: `unknown` when the acquirer did not say. */
export type Learnt = Settled | 'unknown'

/**
 * Asks for the money of a payment for the first time. A refusal is the end of it, unless somebody has asked before, at
 * the same moment: that may come through.
 */
export async function askForMoney(dependencies: CardDependencies, key: CardPaymentKey): Promise<Learnt> {
  const row = await findCardPayment(dependencies.db, key)
  if (!row) return 'notOurs'
  if (row.state !== 'ASKING') return 'open'
  const asked = await create(dependencies, row)
  if (asked?.answer.kind !== 'refused') return hear(dependencies, key, asked?.answer ?? null)
  dependencies.logger.error({ paymentId: key.paymentId, code: asked.answer.code }, 'the acquirer refused a payment')
  if (asked.asking.unheardAt !== null) return 'unknown'
  return end(dependencies, key, { failure: 'NOT_ACCEPTED', asking: asked.asking })
}

/** Asks how a payment stands, by whatever way leads to the truth: with its own key, by id, or in the acquirer's list. */
export async function askAgain(dependencies: CardDependencies, key: CardPaymentKey): Promise<Learnt> {
  const { acquirer, db, clock } = dependencies
  const row = await findCardPayment(db, key)
  if (!row) return 'notOurs'
  if (row.state === 'ENDED') return 'ended'
  if (acquirer === null) return 'unknown'
  if (row.acquirer_id !== null) return hearFound(dependencies, key, await acquirer.findPayment(row.acquirer_id))
  // Later the key may have been forgotten, and would make a second payment.
  const asked = clock.now() < row.expires_at ? await create(dependencies, row) : null
  if (asked && asked.answer.kind !== 'refused') return hear(dependencies, key, asked.answer)
  const asking = asked?.asking ?? { at: row.asked_at, unheardAt: row.asked_at }
  return search(dependencies, acquirer, { row, asking })
}

interface Asked {
  readonly answer: AcquirerAnswer<CardPayment>
  readonly asking: Asking
}

/** Null when it may not be asked any more, or what was asked cannot be read. */
async function create({ acquirer, ...dependencies }: CardDependencies, row: CardPaymentRow): Promise<Asked | null> {
  const request = unsealRequest<NewCardPayment>(row.request_sealed, dependencies)
  if (!acquirer || !request) return null
  // It is written down first: whoever finds nothing at the acquirer knows that this may be on its way.
  const mark = await markPaymentAsked(dependencies.db, keyOf(row), dependencies.clock.now())
  if (!mark) return null
  const answer = asOfNobody(dependencies, row, await acquirer.createPayment(request, row.payment_id))
  return { answer, asking: { at: mark.at, unheardAt: mark.before } }
}

/**
 * Nobody waits for the answer of an automatic payment. What is wrong on our side, a key or a right of the shop's, is mended
 * and asked for again; of its own words only a request that cannot be carried out may be the card's fault.
 */
function asOfNobody(
  { logger }: Pick<CardDependencies, 'logger'>,
  { kind, payment_id: paymentId }: CardPaymentRow,
  answer: AcquirerAnswer<CardPayment>,
): AcquirerAnswer<CardPayment> {
  if (kind !== 'AUTO_TOP_UP' || answer.kind !== 'refused' || answer.code === 'INVALID_REQUEST') return answer
  logger.error({ paymentId, code: answer.code }, 'the acquirer refuses us, and an automatic payment waits')
  return { kind: 'unknown', cause: 'trouble' }
}

async function hear(
  dependencies: CardDependencies,
  key: CardPaymentKey,
  answer: AcquirerAnswer<CardPayment> | null,
): Promise<Learnt> {
  if (answer?.kind !== 'done') return 'unknown'
  return finish(dependencies, key, answer.value)
}

async function hearFound(
  dependencies: CardDependencies,
  key: CardPaymentKey,
  answer: AcquirerAnswer<CardPayment>,
): Promise<Learnt> {
  if (answer.kind === 'refused') {
    dependencies.logger.error({ paymentId: key.paymentId, code: answer.code }, 'the acquirer does not show a payment')
  }
  return hear(dependencies, key, answer)
}

/** Settles what the acquirer says; money that waits to be taken is taken, or let go when it comes too late. */
export async function finish(dependencies: CardDependencies, key: CardPaymentKey, heard: CardPayment): Promise<Learnt> {
  const settled = await settle(dependencies, key, heard)
  if (settled !== 'open' || heard.status !== 'WAITING_FOR_CAPTURE') return settled
  const { acquirer, db } = dependencies
  invariant(acquirer, 'an acquirer has just spoken')
  const isWanted = (await findCardPayment(db, key))?.status === 'PENDING'
  const answer = isWanted
    ? await acquirer.capturePayment(heard.id, heard.amount, `${key.paymentId}.capture`)
    : await acquirer.cancelPayment(heard.id, `${key.paymentId}.cancel`)
  return answer.kind === 'done' ? settle(dependencies, key, answer.value) : 'unknown'
}

interface Sought {
  readonly row: CardPaymentRow
  readonly asking: Asking
}

/**
 * Looks for a payment among all that the acquirer has of its time. One that is not there some minutes after it was last
 * asked for never came to be: the acquirer's list has whatever was begun, and what was sent has arrived.
 */
async function search(dependencies: CardDependencies, acquirer: Acquirer, { row, asking }: Sought): Promise<Learnt> {
  const { clock } = dependencies
  const key = keyOf(row)
  const span = spanOf(row.created_at, laterOf(row.expires_at, asking.at))
  let cursor: string | null = null
  do {
    const answer: Awaited<ReturnType<Acquirer['listPayments']>> = await acquirer.listPayments({ ...span, cursor })
    if (answer.kind !== 'done') return 'unknown'
    const found = answer.value.items.find(({ reference }) => reference?.paymentId === row.payment_id)
    if (found) return finish(dependencies, key, found)
    cursor = answer.value.next
  } while (cursor !== null)
  if (!hasArrived(asking, clock.now())) return 'unknown'
  return end(dependencies, key, { failure: clock.now() < row.expires_at ? 'NOT_ACCEPTED' : 'EXPIRED', asking })
}

function laterOf(one: Date, other: Date | null): Date {
  return other !== null && other > one ? other : one
}

/** Ends a payment that the acquirer has nothing of, unless it was heard of or asked for again meanwhile. */
async function end(
  dependencies: CardDependencies,
  key: CardPaymentKey,
  { failure, asking }: { readonly failure: string; readonly asking: Asking },
): Promise<Learnt> {
  const learnt = await dependencies.db.transaction().execute(async (trx) => {
    const row = await lockCardPayment(trx, key)
    // Whoever was faster knows more.
    if (row?.state !== 'ASKING') return 'open'
    if (isAskedSince(asking, row.asked_at)) return 'unknown'
    await fail(trx, dependencies, row, failure)
    return 'ended'
  })
  dependencies.onEvent()
  return learnt
}
