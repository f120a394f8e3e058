import { z } from 'zod'
import type { JobQueue } from '../../../../platform/jobs/jobs.ts'

/** Asks the acquirer about a payment until all is known of it: each job leaves the next. */
export const FOLLOW_PAYMENT: JobQueue = {
  name: 'follow-card-payment',
  // A database that is away for long must not end it.
  retryLimit: 1_000,
  retryDelaySeconds: 5,
  retryDelaySecondsMax: 600,
  expireSeconds: 300,
  heartbeatSeconds: 30,
}

/** The same of a refund. */
export const FOLLOW_REFUND: JobQueue = { ...FOLLOW_PAYMENT, name: 'follow-card-refund' }

export const followedPayment = z.object({ lineId: z.uuid(), paymentId: z.uuid(), count: z.int().min(0) })
export const followedRefund = z.object({ lineId: z.uuid(), refundId: z.uuid(), count: z.int().min(0) })
