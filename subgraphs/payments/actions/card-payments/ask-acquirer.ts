import type { Acquirer, AcquirerAnswer, CardPayment, NewCardPayment } from '../../../../platform/acquirer/acquirer.ts'
import { invariant } from '../../../../platform/invariant.ts'
import {
  type CardPaymentKey,
  type CardPaymentRow,
  findCardPayment,
  lockCardPayment,
} from '../../store/card-payments.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { fail } from './fail.ts'
import { unsealRequest } from './sealed-request.ts'
import { type Settled, settle } from './settle.ts'

/** What is known after asking: `unknown` when the acquirer did not say. */
export type Asked = Settled | 'unknown'

/** Our clock and the acquirer's are not the same. */
const CLOCK_DIFFERENCE_MAX_MS = 10 * 60_000

/**
 * Asks for the money of a payment for the first time. A refusal is the end of it: nothing was asked before that could
 * have come through.
 */
export async function askForMoney(dependencies: CardDependencies, key: CardPaymentKey): Promise<Asked> {
  const row = await findCardPayment(dependencies.db, key)
  if (!row) return 'notOurs'
  if (row.state !== 'ASKING') return 'open'
  const answer = await create(dependencies, row)
  if (answer?.kind !== 'refused') return hear(dependencies, key, answer)
  dependencies.logger.error({ paymentId: key.paymentId, code: answer.code }, 'the acquirer refused a payment')
  return end(dependencies, key, 'NOT_ACCEPTED')
}

/** Asks how a payment stands, by whatever way leads to the truth: with its own key, by id, or in the acquirer's list. */
export async function askAgain(dependencies: CardDependencies, key: CardPaymentKey): Promise<Asked> {
  const { acquirer, db, clock } = dependencies
  const row = await findCardPayment(db, key)
  if (!row) return 'notOurs'
  if (row.state === 'ENDED') return 'ended'
  if (acquirer === null) return 'unknown'
  if (row.acquirer_id !== null) return hearFound(dependencies, key, await acquirer.findPayment(row.acquirer_id))
  // Later the key may have been forgotten, and would make a second payment.
  if (clock.now() < row.expires_at) {
    const answer = await create(dependencies, row)
    if (answer?.kind === 'done') return hear(dependencies, key, answer)
    if (answer?.kind === 'unknown') return 'unknown'
  }
  return search(dependencies, acquirer, row)
}

/** Null when what was asked cannot be read any more. */
async function create(
  { acquirer, ...dependencies }: CardDependencies,
  row: CardPaymentRow,
): Promise<AcquirerAnswer<CardPayment> | null> {
  const request = unsealRequest<NewCardPayment>(row.request_sealed, dependencies)
  return acquirer && request && acquirer.createPayment(request, row.payment_id)
}

async function hear(
  dependencies: CardDependencies,
  key: CardPaymentKey,
  answer: AcquirerAnswer<CardPayment> | null,
): Promise<Asked> {
  if (answer?.kind !== 'done') return 'unknown'
  return finish(dependencies, key, answer.value)
}

async function hearFound(
  dependencies: CardDependencies,
  key: CardPaymentKey,
  answer: AcquirerAnswer<CardPayment>,
): Promise<Asked> {
  if (answer.kind === 'refused') {
    dependencies.logger.error({ paymentId: key.paymentId, code: answer.code }, 'the acquirer does not show a payment')
  }
  return hear(dependencies, key, answer)
}

/** Settles what the acquirer says; money that waits to be taken is taken, or let go when it comes too late. */
export async function finish(dependencies: CardDependencies, key: CardPaymentKey, heard: CardPayment): Promise<Asked> {
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

/**
 * Looks for a payment among all that the acquirer has of its time. One that is not there never came to be: the
 * acquirer's list has whatever was begun, and what was sent has long arrived.
 */
async function search(dependencies: CardDependencies, acquirer: Acquirer, row: CardPaymentRow): Promise<Asked> {
  const key = { lineId: row.line_id, paymentId: row.payment_id }
  const from = new Date(row.created_at.getTime() - CLOCK_DIFFERENCE_MAX_MS)
  const before = new Date(dependencies.clock.now().getTime() + CLOCK_DIFFERENCE_MAX_MS)
  let cursor: string | null = null
  do {
    const answer: Awaited<ReturnType<Acquirer['listPayments']>> = await acquirer.listPayments({ from, before, cursor })
    if (answer.kind !== 'done') return 'unknown'
    const found = answer.value.items.find(({ reference }) => reference?.paymentId === row.payment_id)
    if (found) return finish(dependencies, key, found)
    cursor = answer.value.next
  } while (cursor !== null)
  return end(dependencies, key, dependencies.clock.now() < row.expires_at ? 'NOT_ACCEPTED' : 'EXPIRED')
}

async function end(dependencies: CardDependencies, key: CardPaymentKey, failure: string): Promise<Asked> {
  const asked = await dependencies.db.transaction().execute(async (trx) => {
    const row = await lockCardPayment(trx, key)
    // Whoever was faster knows more.
    if (row?.state !== 'ASKING') return 'open'
    await fail(trx, dependencies, row, failure)
    return 'ended'
  })
  dependencies.onEvent()
  return asked
}
