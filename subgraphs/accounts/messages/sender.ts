import type { Clock } from '../../../platform/clock.ts'
import { isDatabaseAway } from '../../../platform/database/is-away.ts'
import type { Secrets } from '../../../platform/identity/secrets.ts'
import type { NewId } from '../../../platform/ids.ts'
import type { Logger } from '../../../platform/logger.ts'
import type { SmsTransport, SubmitOutcome } from '../../../platform/sms/transport.ts'
import type { ClaimedMessage, MessageQueue } from '../store/message-queue.ts'
import { openBody } from '../store/messages.ts'
import { createRounds, type Rounds, reasonOf } from './rounds.ts'

export interface SenderOptions {
  readonly queue: MessageQueue
  readonly transport: SmsTransport
  readonly clock: Clock
  readonly newId: NewId
  readonly secrets: Secrets
  readonly logger: Logger
  /** For so long an attempt is ours after it was last extended. */
  readonly leaseMs?: number
  readonly pollIntervalMs?: number
}

const LEASE_MS = 60_000
const POLL_INTERVAL_MS = 1_000
const BATCH_SIZE_MAX = 100
const RELEASED_FOR_MS = 1_000
const WRITES_MAX = 5
const REWRITE_PAUSE_MAX_MS = 1_000

/**
 * Sends the messages that wait. A message is marked before the first byte of it leaves. So after any death it is known
 * of each message whether it certainly did not leave, and then it is sent again, or may have left, and then it is
 * reported as unknown and never sent twice.
 */
export function createSender(options: SenderOptions): Rounds {
  const { queue, transport, clock, newId, secrets, logger } = options
  const { leaseMs = LEASE_MS, pollIntervalMs = POLL_INTERVAL_MS } = options
  /** How many messages of each attempt have no end yet. */
  const attempts = new Map<string, number>()
  const inFlight = new Set<Promise<void>>()
  let sweptAt = Number.NEGATIVE_INFINITY
  let isStopping = false

  const after = (ms: number): Date => new Date(clock.now().getTime() + ms)

  /** True when there may be more to do at once. */
  async function round(): Promise<boolean> {
    if (performance.now() - sweptAt >= pollIntervalMs) await keepUp()
    const limit = Math.min(transport.capacity(), BATCH_SIZE_MAX)
    if (limit === 0) return false
    const attempt = newId()
    const claimed = await queue.claim({ attempt, limit, now: clock.now(), until: after(leaseMs) })
    if (claimed.length === 0) return false
    const marked = await queue.markWritten(attempt, clock.now())
    if (marked.length > 0) attempts.set(attempt, marked.length)
    for (const message of marked) {
      const sending = send(message).finally(() => inFlight.delete(sending))
      inFlight.add(sending)
    }
    return true
  }

  async function keepUp(): Promise<void> {
    sweptAt = performance.now()
    if (attempts.size > 0) await queue.extend([...attempts.keys()], after(leaseMs))
    const { unknown, ...swept } = await queue.sweep(clock.now())
    for (const messageId of unknown) logger.warn({ messageId }, UNKNOWN_LINE)
    if (swept.requeued + swept.expired > 0) logger.info(swept, 'messages went back to the queue or expired')
  }

  async function send(message: ClaimedMessage): Promise<void> {
    const text = openBody(message.body, secrets)
    if (text === null) {
      await persist(() => queue.failed(message, 'UNREADABLE', clock.now()))
    } else {
      const outcome = await transport.submit({ phone: message.phone, text, expiresAt: message.expires_at })
      await persist(() => record(message, outcome))
    }
    const left = (attempts.get(message.attempt) ?? 1) - 1
    if (left === 0) attempts.delete(message.attempt)
    else attempts.set(message.attempt, left)
  }

  async function record(message: ClaimedMessage, outcome: SubmitOutcome): Promise<void> {
    const messageId = message.id
    switch (outcome.kind) {
      case 'accepted':
        return queue.accepted(message, outcome.smscIds, clock.now())
      case 'notWritten':
        return queue.release(message, after(RELEASED_FOR_MS))
      case 'refused':
        logger.warn({ messageId, status: outcome.status }, 'the message centre refused a message')
        return queue.failed(message, `SMPP ${outcome.status}`, clock.now())
      case 'unknown':
        logger.warn({ messageId }, UNKNOWN_LINE)
        return queue.unknown(message, clock.now())
    }
  }

  /** What happened outside cannot happen again, so it is written down as soon as the database lets us. */
  async function persist(write: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries++) {
      try {
        return await write()
      } catch (error) {
        // Not the error itself: it may quote the row, and with it a telephone number.
        logger.warn({ reason: reasonOf(error), tries }, 'what became of a message could not be written down')
        // Then its attempt ends by itself, and it counts as unknown.
        if (isStopping || (tries >= WRITES_MAX && !isDatabaseAway(error))) return
        await new Promise((resolve) => setTimeout(resolve, Math.min(pollIntervalMs, REWRITE_PAUSE_MAX_MS)))
      }
    }
  }

  const rounds = createRounds({ round, pollIntervalMs, logger, name: 'sender' })
  transport.start({ onCapacity: rounds.poke, onReceipt: (receipt) => queue.receipt(receipt, clock.now()) })
  return {
    poke: rounds.poke,
    async stop() {
      isStopping = true
      await rounds.stop()
      await transport.close()
      await Promise.allSettled([...inFlight])
    },
  }
}

const UNKNOWN_LINE = 'a message may have left or not; it is not sent again'
