import { hash } from 'node:crypto'
import { z } from 'zod'
import { kopecks, parseKopecks } from '../money.ts'
import type { Amount, Cancellation, CardPayment, CardRefund, Page, PaidCard, PaymentReference } from './acquirer.ts'

/*
 * The objects of YooKassa's API v3 (https://yookassa.ru/developers/api), as far as we read them, made into ours. What
 * is not as documented is no answer.
 */

const CODE_LENGTH_MAX = 100
const ID_LENGTH_MAX = 50
const TOKEN_LENGTH_MAX = 100

const id = z.string().min(1).max(ID_LENGTH_MAX)
const code = z.string().min(1).max(CODE_LENGTH_MAX)
const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

/** In whatever money: one strange payment must not make the list of a shop unreadable. */
const currency = z.string().regex(/^[A-Z]{3}$/)

const amount = z.object({ value: z.string(), currency }).transform((read, context): Amount => {
  const value = parseKopecks(read.value)
  if (value !== null && value >= 0n) return { kopecks: value, currencyCode: read.currency }
  context.addIssue({ code: 'custom', message: 'is no amount' })
  return z.NEVER
})

const cancellation: z.ZodType<Cancellation> = z.object({ party: code, reason: code })

/**
 * Other ways to pay than cards have no `card`. One that is not as we can keep it is none: the money counts all the same.
 */
const paymentMethod = z
  .object({
    id: z.string().min(1).max(TOKEN_LENGTH_MAX),
    saved: z.boolean().default(false),
    card: z
      .object({
        first6: z
          .string()
          .regex(/^\d{6}$/)
          .optional(),
        last4: z.string().regex(/^\d{4}$/),
        expiry_year: z.string().regex(/^2[01]\d{2}$/),
        expiry_month: z.string().regex(/^(0?[1-9]|1[0-2])$/),
        card_type: code.regex(/^\P{Cc}*$/u),
      })
      .optional(),
  })
  .transform(({ id: token, saved, card }): PaidCard | null => {
    if (card === undefined) return null
    return {
      token,
      isSaved: saved,
      likeness: hash('sha256', [card.first6, card.last4, card.expiry_year, card.expiry_month].join(' '), 'base64url'),
      brand: card.card_type,
      last4: card.last4,
      expiryYear: Number(card.expiry_year),
      expiryMonth: Number(card.expiry_month),
    }
  })
  .catch(null)

/** Nobody is sent to what is no page, such as an application of the bank: none of ours has that. */
const pageUrl = z
  .url({ protocol: /^https?$/ })
  .nullable()
  .catch(null)

/** What we gave with the payment. Anything else was not ours. */
const metadata = z
  .object({ line_id: z.uuid(), payment_id: z.uuid() })
  .transform((read): PaymentReference | null => ({ lineId: read.line_id, paymentId: read.payment_id }))
  .catch(null)

const PAYMENT_STATUSES = {
  pending: 'PENDING',
  waiting_for_capture: 'WAITING_FOR_CAPTURE',
  succeeded: 'SUCCEEDED',
  canceled: 'CANCELED',
} as const
const REFUND_STATUSES = { pending: 'PENDING', succeeded: 'SUCCEEDED', canceled: 'CANCELED' } as const

export const paymentObject = z
  .object({
    id,
    status: z.enum(['pending', 'waiting_for_capture', 'succeeded', 'canceled']),
    amount,
    refunded_amount: amount.optional(),
    confirmation: z.object({ confirmation_url: pageUrl.optional() }).optional(),
    cancellation_details: cancellation.optional(),
    payment_method: paymentMethod.optional(),
    metadata: metadata.optional(),
    created_at: moment,
    captured_at: moment.optional(),
  })
  .transform(
    (read): CardPayment => ({
      id: read.id,
      status: PAYMENT_STATUSES[read.status],
      amount: read.amount,
      refundedKopecks: read.refunded_amount?.kopecks ?? kopecks(0n),
      confirmationUrl: read.confirmation?.confirmation_url ?? null,
      cancellation: read.cancellation_details ?? null,
      card: read.payment_method ?? null,
      reference: read.metadata ?? null,
      createdAt: read.created_at,
      capturedAt: read.captured_at ?? null,
    }),
  )

export const refundObject = z
  .object({
    id,
    payment_id: id,
    status: z.enum(['pending', 'succeeded', 'canceled']),
    amount,
    cancellation_details: cancellation.optional(),
    created_at: moment,
  })
  .transform(
    (read): CardRefund => ({
      id: read.id,
      paymentId: read.payment_id,
      status: REFUND_STATUSES[read.status],
      amount: read.amount,
      cancellation: read.cancellation_details ?? null,
      createdAt: read.created_at,
    }),
  )

function listOf<Item>(item: z.ZodType<Item>): z.ZodType<Page<Item>> {
  return z
    .object({ items: z.array(item), next_cursor: z.string().optional() })
    .transform((read): Page<Item> => ({ items: read.items, next: read.next_cursor ?? null }))
}

export const paymentList = listOf(paymentObject)
export const refundList = listOf(refundObject)
