import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { CURRENCY_CODES, parseKopecks } from '../../../platform/money.ts'
import { hashOf, type StoredPayment, type StoredRefund } from './bank.ts'
import { paymentOf, refundOf } from './objects.ts'
import { decline, type OperationsDependencies, payBySavedCard, refund, TROUBLES, take } from './operations.ts'

export interface ApiDependencies extends OperationsDependencies {
  readonly shopId: string
  readonly secretKey: string
  /** Where the pages are. */
  readonly url: () => string
  /** Sees to it that a refund that waits ends later. */
  readonly endLater: (refund: StoredRefund) => void
  /** How long an answer that does not come is not coming, before the connection ends. */
  readonly silenceMs: number
}

const amount = z
  .object({ value: z.string().regex(/^\d+\.\d{2}$/), currency: z.enum(CURRENCY_CODES) })
  .transform(({ value, currency }) => ({ value: Number(parseKopecks(value)), currency }))
  .refine(({ value }) => value > 0)
const receipt = z.object({
  customer: z.object({ phone: z.string().regex(/^\d{10,15}$/) }),
  tax_system_code: z.int().min(1).max(6).optional(),
  items: z
    .array(
      z.object({
        description: z.string().min(1).max(128),
        quantity: z.string(),
        amount,
        vat_code: z.int().min(1).max(12),
        payment_subject: z.string(),
        payment_mode: z.string(),
      }),
    )
    .min(1)
    .max(100),
})
const paymentBody = z.object({
  amount,
  capture: z.boolean().default(false),
  description: z.string().max(128).default(''),
  metadata: z.record(z.string(), z.string()).default({}),
  confirmation: z.object({ type: z.literal('redirect'), return_url: z.url() }).optional(),
  save_payment_method: z.boolean().default(false),
  payment_method_id: z.string().optional(),
  receipt: receipt.optional(),
})
const captureBody = z.object({ amount: amount.optional() })
const refundBody = z.object({
  payment_id: z.string(),
  amount,
  description: z.string().optional(),
  receipt: receipt.optional(),
})
const listQuery = z.object({
  'created_at.gte': z.string().optional(),
  'created_at.lt': z.string().optional(),
  'captured_at.gte': z.string().optional(),
  'captured_at.lt': z.string().optional(),
  status: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(10),
  cursor: z.string().optional(),
})

/** YooKassa's API v3 of one shop, under `/v3`. */
export function serveApi(http: FastifyInstance, dependencies: ApiDependencies): void {
  const { bank, shopId, secretKey, url } = dependencies
  const authorization = `Basic ${Buffer.from(`${shopId}:${secretKey}`).toString('base64')}`
  const write = (payment: StoredPayment) => paymentOf(bank, payment, url())

  void http.register(
    (api, _, done) => {
      api.addHook('onRequest', async ({ headers }, reply) => {
        if (headers.authorization !== authorization) return fail(reply, 401, 'invalid_credentials')
      })
      api.post('/payments', (request, reply) =>
        once(dependencies, { request, reply, schema: paymentBody }, (body) => createPayment(dependencies, body), write),
      )
      api.get<ById>('/payments/:id', async ({ params }, reply) => {
        const payment = bank.payments.get(params.id)
        return payment ? write(payment) : fail(reply, 404, 'not_found')
      })
      api.post<ById>('/payments/:id/capture', (request, reply) =>
        change(dependencies, { request, reply, schema: captureBody }, (payment, body) => {
          take(dependencies, payment, body.amount?.value ?? payment.amount)
        }),
      )
      api.post<ById>('/payments/:id/cancel', (request, reply) =>
        change(dependencies, { request, reply, schema: z.object({}) }, (payment) => {
          decline(dependencies, payment, 'canceled_by_merchant', 'merchant')
        }),
      )
      api.post('/refunds', (request, reply) =>
        once(
          dependencies,
          { request, reply, schema: refundBody },
          (body) => createRefund(dependencies, body),
          refundOf,
        ),
      )
      api.get<ById>('/refunds/:id', async ({ params }, reply) => {
        const found = bank.refunds.get(params.id)
        return found ? refundOf(found) : fail(reply, 404, 'not_found')
      })
      api.get('/payments', async ({ query }, reply) => list(reply, query, [...bank.payments.values()], write))
      api.get('/refunds', async ({ query }, reply) => list(reply, query, [...bank.refunds.values()], refundOf))
      done()
    },
    { prefix: '/v3' },
  )
}

interface ById {
  Params: { id: string }
}

interface Call<Body> {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly schema: z.ZodType<Body>
}

function fail(reply: FastifyReply, status: number, code: string): FastifyReply {
  return reply.status(status).send({ type: 'error', id: 'stand-in', code, description: code })
}

function createPayment(dependencies: ApiDependencies, body: z.output<typeof paymentBody>): StoredPayment | null {
  const { bank, newId, clock } = dependencies
  const method = body.payment_method_id === undefined ? undefined : bank.methods.get(body.payment_method_id)
  const isPayable = body.payment_method_id === undefined ? body.confirmation !== undefined : method?.isSaved === true
  if (!isPayable) return null
  const payment: StoredPayment = {
    id: newId(),
    status: 'pending',
    amount: body.amount.value,
    currency: body.amount.currency,
    captured: 0,
    refunded: 0,
    isCapturedAtOnce: body.capture,
    description: body.description,
    metadata: body.metadata,
    returnUrl: body.confirmation?.return_url ?? null,
    isCardSaved: body.save_payment_method,
    methodId: null,
    cancellation: null,
    createdAt: clock.now().toISOString(),
    capturedAt: null,
    wrongCodes: 0,
    receipt: body.receipt ?? null,
  }
  bank.payments.set(payment.id, payment)
  if (method) payBySavedCard(dependencies, payment, method)
  return payment
}

function createRefund(dependencies: ApiDependencies, body: z.output<typeof refundBody>): StoredRefund | null {
  const payment = dependencies.bank.payments.get(body.payment_id)
  if (!payment) return null
  const made = refund(dependencies, payment, { amount: body.amount.value, receipt: body.receipt ?? null })
  if (made?.status === 'pending') dependencies.endLater(made)
  return made
}

/** Makes something once for a key: the same request again gets what was made, another one is refused. */
async function once<Body, Made extends { readonly id: string; readonly amount: number }>(
  dependencies: ApiDependencies,
  { request, reply, schema }: Call<Body>,
  make: (body: Body) => Made | null,
  write: (made: Made) => object,
): Promise<object> {
  const { bank, silenceMs } = dependencies
  const key = request.headers['idempotence-key']
  const body = schema.safeParse(request.body)
  if (typeof key !== 'string' || key.length > 64 || !body.success) return fail(reply, 400, 'invalid_request')
  const bodyHash = hashOf(request.body)
  const known = bank.keys.get(key)
  if (known && known.id !== LOST) {
    const made = (bank.payments.get(known.id) ?? bank.refunds.get(known.id)) as unknown as Made | undefined
    return made && known.bodyHash === bodyHash ? write(made) : fail(reply, 400, 'invalid_request')
  }
  const kopecks = kopecksOf(request.body)
  if (!known && kopecks === TROUBLES.lostInSilence) {
    bank.keys.set(key, { bodyHash, id: LOST })
    return silence(reply, silenceMs)
  }
  const made = make(body.data)
  if (!made) return fail(reply, 400, 'invalid_request')
  bank.keys.set(key, { bodyHash, id: made.id })
  return answerFirst(kopecks, { reply, silenceMs, answer: write(made) })
}

/** The first answer may get lost on its way; the second never does. */
function answerFirst(
  kopecks: number,
  { reply, silenceMs, answer }: { readonly reply: FastifyReply; readonly silenceMs: number; readonly answer: object },
): object {
  if (kopecks === TROUBLES.doneInSilence) return silence(reply, silenceMs)
  return kopecks === TROUBLES.doneInTrouble ? fail(reply, 500, 'internal_server_error') : answer
}

const LOST = 'lost'

async function silence(reply: FastifyReply, silenceMs: number): Promise<FastifyReply> {
  // The one who waits goes away sooner; a test that ends does not wait for this.
  await sleep(silenceMs, undefined, { ref: false })
  reply.raw.destroy()
  return reply
}

function kopecksOf(body: unknown): number {
  const value = (body as { amount?: { value?: string } }).amount?.value ?? ''
  return Number(value.slice(-2))
}

/** Captures or cancels what waits for it; again with the same effect it is no error. */
async function change<Body>(
  { bank, url }: ApiDependencies,
  { request, reply, schema }: Call<Body>,
  act: (payment: StoredPayment, body: Body) => void,
): Promise<object> {
  const key = request.headers['idempotence-key']
  const payment = bank.payments.get((request.params as ById['Params']).id)
  const body = schema.safeParse(request.body ?? {})
  if (!payment) return fail(reply, 404, 'not_found')
  if (typeof key !== 'string' || !body.success) return fail(reply, 400, 'invalid_request')
  if (bank.keys.get(key)?.id !== payment.id) {
    if (payment.status !== 'waiting_for_capture') return fail(reply, 400, 'invalid_request')
    bank.keys.set(key, { bodyHash: hashOf(request.body ?? {}), id: payment.id })
    act(payment, body.data)
  }
  return paymentOf(bank, payment, url())
}

function list<Item extends { readonly createdAt: string; readonly capturedAt?: string | null; status: string }>(
  reply: FastifyReply,
  asked: unknown,
  all: readonly Item[],
  write: (item: Item) => object,
): object {
  const query = listQuery.safeParse(asked)
  if (!query.success) return fail(reply, 400, 'invalid_request')
  const { limit, cursor = '0', status } = query.data
  const found = all.filter(
    (item) =>
      (status === undefined || item.status === status) &&
      isWithin(item.createdAt, query.data['created_at.gte'], query.data['created_at.lt']) &&
      isWithin(item.capturedAt ?? null, query.data['captured_at.gte'], query.data['captured_at.lt']),
  )
  const end = Number(cursor) + limit
  return {
    type: 'list',
    items: found.slice(Number(cursor), end).map(write),
    ...(found.length > end && { next_cursor: String(end) }),
  }
}

function isWithin(moment: string | null, from?: string, before?: string): boolean {
  if (from === undefined && before === undefined) return true
  if (moment === null) return false
  return (from === undefined || moment >= from) && (before === undefined || moment < before)
}
