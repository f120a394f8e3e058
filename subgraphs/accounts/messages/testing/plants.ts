import type { SmsTransport } from '../../../../platform/sms/transport.ts'
import type { ClaimedMessage, MessageQueue } from '../../store/message-queue.ts'

/** Faults that the tests of the sender must find. */
export type Plant = 'resendUnknown' | 'markAfterWrite'

/** A sender that sends again what may have left. */
export function plantIntoTransport(transport: SmsTransport, plant: Plant | null): SmsTransport {
  if (plant !== 'resendUnknown') return transport
  return {
    ...transport,
    async submit(message) {
      const outcome = await transport.submit(message)
      return outcome.kind === 'unknown' ? { kind: 'notWritten' } : outcome
    },
  }
}

/** A sender that marks a message when its answer is there, not before it leaves. */
export function plantIntoQueue(queue: MessageQueue, plant: Plant | null): MessageQueue {
  if (plant !== 'markAfterWrite') return queue
  let claimed: ClaimedMessage[] = []
  return {
    ...queue,
    async claim(claim) {
      claimed = await queue.claim(claim)
      return claimed
    },
    markWritten: async () => claimed,
  }
}
