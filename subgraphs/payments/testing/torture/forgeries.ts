import type { TopUp } from './card-shop.ts'
import { type ForgedNotice, writeNotice } from './notice-door.ts'

/** A notice that somebody made up, of a payment that may not be paid. */
export interface Forgery {
  readonly name: string
  /** What the door answers: what comes from the acquirer is taken, whatever it says, and believed in nothing. */
  readonly status: number
  write(topUp: TopUp, strangersId: string): ForgedNotice
}

const succeeded = (object: object) => writeNotice('payment.succeeded', object)
const HUGE = 'x'.repeat(80_000)

export const FORGERIES: readonly Forgery[] = [
  {
    name: 'of a payment that there is not',
    status: 200,
    write: ({ paymentId }) => ({ body: succeeded({ id: paymentId, status: 'succeeded' }) }),
  },
  {
    name: 'of somebody else’s payment, which was paid',
    status: 200,
    write: (_, strangersId) => ({ body: succeeded({ id: strangersId, status: 'succeeded' }) }),
  },
  {
    name: 'of another amount and another line',
    status: 200,
    write: ({ theirs: { id, metadata } }) => ({
      body: succeeded({ id, amount: { value: '999999.00', currency: 'RUB' }, metadata: { ...metadata, line_id: id } }),
    }),
  },
  {
    name: 'whose id is a way to elsewhere',
    status: 200,
    write: ({ theirs: { id } }) => ({ body: succeeded({ id: `../payments/${id}`.slice(0, 50) }) }),
  },
  {
    name: 'of a refund of nothing',
    status: 200,
    write: ({ theirs: { id } }) => ({ body: writeNotice('refund.succeeded', { id: `r-${id}`, payment_id: id }) }),
  },
  {
    name: 'that nobody has signed',
    status: 403,
    write: ({ theirs: { id } }) => ({ body: succeeded({ id }), key: null }),
  },
  {
    name: 'that another has signed',
    status: 403,
    write: ({ theirs: { id } }) => ({ body: succeeded({ id }), key: 'another key' }),
  },
  {
    name: 'from elsewhere',
    status: 403,
    write: ({ theirs: { id } }) => ({ body: succeeded({ id }), address: '203.0.113.9' }),
  },
  { name: 'that is no JSON', status: 400, write: () => ({ body: '{"type":"notification","event":"payment.succ' }) },
  { name: 'without what it is about', status: 400, write: () => ({ body: succeeded({}) }) },
  {
    name: 'too long to be read',
    status: 413,
    write: ({ theirs: { id } }) => ({ body: succeeded({ id, description: HUGE }) }),
  },
]
