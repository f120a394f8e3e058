import type { Clock } from '../../../../platform/clock.ts'
import type { Reader } from '../../../../platform/database/reader.ts'
import { unreachable } from '../../../../platform/invariant.ts'
import type { Policies } from '../../../../platform/policy/policies.ts'
import { type DeliveryRow, type RequestRow, readDeliveries } from '../../store/one-time-password-deliveries.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import type { MessageStatus } from '../../store/tables.ts'
import { nextSendAt, type SendLimits } from './rules.ts'

export type DeliveryStatus = 'QUEUED' | 'SENT' | 'DELIVERED' | 'FAILED'

/** A password on its way, as whoever asked for it is told; alike whether or not anybody has the number. */
export interface Delivery {
  readonly id: string
  readonly status: DeliveryStatus
  /** Null when it is not sent again without a new captcha. */
  readonly resendAt: Date | null
  readonly expiresAt: Date
}

export interface DeliveryDependencies {
  readonly reader: Reader
  readonly clock: Clock
  readonly policies: Policies<AccountsPolicies>
}

/** The deliveries of these ids, in their order; null where there is none. */
export async function findDeliveries(
  { reader, clock, policies }: DeliveryDependencies,
  ids: readonly string[],
): Promise<(Delivery | null)[]> {
  const now = clock.now()
  const rows = await readDeliveries(reader, ids, now)
  const values = await policies.current()
  return rows.map(
    (row) =>
      row && {
        id: row.id,
        status: statusOf(row, now),
        resendAt: resendAt(row, row.sentAt, now, values),
        expiresAt: row.expiresAt,
      },
  )
}

/** When a request's password can be sent again; null when that takes another captcha. */
export function resendAt(
  { sends, requestedAt }: Pick<RequestRow, 'sends' | 'requestedAt'>,
  sentAt: readonly Date[],
  now: Date,
  policies: AccountsPolicies,
): Date | null {
  const at = nextSendAt(sentAt, now, sendLimits(policies)) ?? now
  const endsAt = new Date(requestedAt.getTime() + policies['otp.resendWithinSeconds'] * 1_000)
  return sends < policies['otp.sendsPerRequest'] && at < endsAt && now < endsAt ? at : null
}

export function sendLimits(policies: AccountsPolicies): SendLimits {
  return {
    resendPauseSeconds: policies['otp.resendPauseSeconds'],
    resendPauseMaxSeconds: policies['otp.resendPauseMaxSeconds'],
    sendsPerDay: policies['otp.sendsPerDay'],
  }
}

function statusOf({ messageStatus, decoySentAt, decoyEndedAt, decoyEndedAs }: DeliveryRow, now: Date): DeliveryStatus {
  if (messageStatus !== null) return realStatus(messageStatus)
  if (decoySentAt !== null && now < decoySentAt) return 'QUEUED'
  if (decoyEndedAt === null || decoyEndedAs === null || now < decoyEndedAt) return 'SENT'
  return decoyEndedAs
}

function realStatus(status: MessageStatus): DeliveryStatus {
  switch (status) {
    case 'QUEUED':
    case 'SENDING':
      return 'QUEUED'
    case 'SENT':
    case 'UNKNOWN':
      return 'SENT'
    case 'DELIVERED':
      return 'DELIVERED'
    case 'FAILED':
    case 'EXPIRED':
      return 'FAILED'
    default:
      return unreachable(status)
  }
}
