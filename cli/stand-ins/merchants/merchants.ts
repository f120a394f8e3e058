import fastify, { type FastifyInstance } from 'fastify'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'

const query = z.object({
  command: z.enum(['check', 'pay']),
  txn_id: z.string().regex(/^\d{1,20}$/),
  txn_date: z.string().regex(/^\d{14}$/),
  account: z.string().min(1),
  sum: z.string().regex(/^\d+\.\d{2}$/),
})

/** What was paid is remembered for so many transactions: it is a stand-in, and its memory has a bound. */
const REMEMBERED = 10_000

/** What the end of an account says about how its merchant behaves. */
const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  '0404': 'no such account',
  '0079': 'inactive',
  '0090': 'not finished at first',
  '0091': 'takes it and says nothing at first',
  '0007': 'refuses to be paid',
}
type Behaviour =
  | 'no such account'
  | 'inactive'
  | 'not finished at first'
  | 'takes it and says nothing at first'
  | 'refuses to be paid'

export interface MerchantStandIn {
  readonly http: FastifyInstance
  /** What each transaction has paid, `<merchant>/<account> <sum>`. */
  readonly paid: ReadonlyMap<string, string>
}

/**
 * Merchants to develop against, by the protocol of payment systems (OSMP): `GET /<merchant>?command=…`. Every account
 * is known and takes every sum, but for those whose last four signs say otherwise: see `BEHAVIOURS`.
 */
export function createMerchantStandIn(): MerchantStandIn {
  const paid = new LRUCache<string, string>({ max: REMEMBERED })
  const asked = new LRUCache<string, true>({ max: REMEMBERED })
  const http = fastify()

  http.get<{ Params: { merchant: string } }>('/:merchant', async (request, reply) => {
    const read = query.safeParse(request.query)
    if (!read.success) return reply.type('text/xml').send(answer('', 300))
    const { command, txn_id: id, account, sum } = read.data
    const behaviour = BEHAVIOURS[account.slice(-4)]
    const isFirst = !asked.has(id)
    if (command === 'pay') asked.set(id, true)
    const result = command === 'check' ? checked(behaviour) : payable(behaviour, isFirst)
    if (command === 'pay' && (result === 0 || result === null))
      paid.set(id, `${request.params.merchant}/${account} ${sum}`)
    // The answer is lost on its way.
    if (result === null) return request.raw.socket.destroy()
    return reply.type('text/xml').send(answer(id, result))
  })
  return { http, paid: paid as unknown as ReadonlyMap<string, string> }
}

function checked(behaviour: Behaviour | undefined): number {
  if (behaviour === 'no such account') return 5
  return behaviour === 'inactive' ? 79 : 0
}

/** Null for no answer. */
function payable(behaviour: Behaviour | undefined, isFirst: boolean): number | null {
  if (behaviour === 'refuses to be paid') return 7
  if (behaviour === 'not finished at first' && isFirst) return 90
  if (behaviour === 'takes it and says nothing at first' && isFirst) return null
  return checked(behaviour)
}

function answer(id: string, result: number): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<response><osmp_txn_id>${id}</osmp_txn_id><result>${result}</result></response>`
}
