import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { readDeliveries } from '../../store/one-time-password-deliveries.ts'
import { resendAt } from './delivery.ts'
import { type SendDependencies, type SendOutcome, sendPassword } from './send.ts'

/** Sends a new password to where one went before, as long as the request's captcha is good for it. */
export async function resendOneTimePassword(
  dependencies: SendDependencies,
  { deliveryId }: { readonly deliveryId: string },
  viewer: Viewer,
): Promise<SendOutcome> {
  const { reader, clock, policies } = dependencies
  const repeatedId = parseId(deliveryId)
  if (repeatedId === null) return { kind: 'deliveryNotFound' }
  const now = clock.now()
  const [delivery] = await readDeliveries(reader, [repeatedId], now)
  const retryAt = delivery ? resendAt(delivery, delivery.sentAt, now, await policies.current()) : null
  if (!delivery || retryAt === null) return { kind: 'deliveryNotFound' }
  // Seen before anything is taken of what all share: repeating needs no captcha.
  if (retryAt > now) return { kind: 'tooManyRequests', retryAt }
  return sendPassword(dependencies, { phone: delivery.phone, repeatedId }, viewer)
}
