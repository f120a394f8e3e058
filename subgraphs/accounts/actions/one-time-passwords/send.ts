import type { Transaction } from 'kysely'
import type { Reader } from '../../../../platform/database/reader.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { Language } from '../../../../platform/languages.ts'
import type { E164 } from '../../../../platform/phone.ts'
import type { Randomness } from '../../../../platform/random.ts'
import { readLanguages } from '../../store/accounts.ts'
import { sealMessage } from '../../store/messages.ts'
import { type DecoyFate, putDelivery, readRequest, recordSent } from '../../store/one-time-password-deliveries.ts'
import { lockNumber } from '../../store/one-time-passwords.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import type { Tables } from '../../store/tables.ts'
import { takeTurns } from '../../store/turns.ts'
import { findSubscriber, type SubscriberDependencies } from '../find-cabinet.ts'
import { type Delivery, resendAt, sendLimits } from './delivery.ts'
import { type IssueDependencies, makePassword } from './issue.ts'
import { messageText } from './message-text.ts'
import { judgeSend } from './rules.ts'
import { ownSendTurns, sharedSendTurns } from './turns.ts'

/** What sending one-time passwords needs. */
export interface SendDependencies extends IssueDependencies, SubscriberDependencies {
  readonly reader: Reader
  /** Called after a message is committed, so that it leaves at once. */
  readonly onOutgoing: () => void
}

export interface SendPassword {
  readonly phone: E164
  /** The delivery that is repeated; null when a captcha was passed. */
  readonly repeatedId: string | null
}

export type SendOutcome =
  | { readonly kind: 'sent'; readonly delivery: Delivery }
  | { readonly kind: 'tooManyRequests'; readonly retryAt: Date }
  | { readonly kind: 'deliveryNotFound' }

/**
 * Sends a new password to a number. One that nobody has gets the same of everything but the message itself: the same
 * statements, the same work, the same answer.
 */
export async function sendPassword(
  dependencies: SendDependencies,
  command: SendPassword,
  viewer: Viewer,
): Promise<SendOutcome> {
  const { db, clock, policies, onOutgoing } = dependencies
  const recipient = await findRecipient(dependencies, command.phone, viewer)
  const values = await policies.current()
  const now = clock.now()
  const retryAt =
    (await takeTurns(db, ownSendTurns(viewer.client, values), now)) ??
    (await takeTurns(db, sharedSendTurns(command.phone, values), now))
  if (retryAt !== null) return { kind: 'tooManyRequests', retryAt }
  const outcome = await db
    .transaction()
    .execute((trx) => sendInTurn(trx, dependencies, command, { recipient, policies: values, now }))
  if (outcome.kind === 'sent') onOutgoing()
  return outcome
}

interface Recipient {
  readonly isKnown: boolean
  readonly language: Language
}

const NOBODY_ID = '00000000-0000-0000-0000-000000000000'

async function findRecipient(dependencies: SendDependencies, phone: E164, viewer: Viewer): Promise<Recipient> {
  const subscriber = await findSubscriber(dependencies, phone)
  // A closed cabinet gets its password: it is opened again by it.
  const [language = null] = await readLanguages(dependencies.reader, [subscriber?.ownerAccountId ?? NOBODY_ID])
  return { isKnown: language !== null, language: language ?? viewer.language }
}

interface Circumstances {
  readonly recipient: Recipient
  readonly policies: AccountsPolicies
  readonly now: Date
}

/** Holds the number, so that what its messages may be is decided one at a time. */
async function sendInTurn(
  trx: Transaction<Tables>,
  dependencies: SendDependencies,
  { phone, repeatedId }: SendPassword,
  { recipient, policies, now }: Circumstances,
): Promise<SendOutcome> {
  const use = await lockNumber(trx, phone, now)
  const request = repeatedId === null ? null : await readRequest(trx, phone, repeatedId)
  if (repeatedId !== null && (request === null || resendAt(request, use.sentAt, now, policies) === null)) {
    return { kind: 'deliveryNotFound' }
  }
  const verdict = judgeSend(use, now, sendLimits(policies))
  if (verdict.kind === 'tooSoon') return { kind: 'tooManyRequests', retryAt: verdict.retryAt }

  const requestId = request?.requestId ?? null
  const { id, code, expiresAt } = await makePassword(trx, dependencies, { phone, way: 'SMS', requestId, now })
  const body = sealMessage(messageText(code, recipient.language), dependencies)
  const decoy = drawFate(dependencies.random, policies, now)
  await putDelivery(trx, { phone, id, isKnown: recipient.isKnown, body, now, expiresAt, decoy })
  await recordSent(trx, phone, verdict.sentAt)
  const sent = { requestedAt: request?.requestedAt ?? now, sends: (request?.sends ?? 0) + 1 }
  return {
    kind: 'sent',
    delivery: { id, status: 'QUEUED', resendAt: resendAt(sent, verdict.sentAt, now, policies), expiresAt },
  }
}

/** What is told of a message that is not sent: drawn for every message, so that the work is the same. */
function drawFate(random: Randomness, policies: AccountsPolicies, now: Date): DecoyFate {
  const within = ([from, to]: readonly [number, number]) => from + random.below(to - from)
  const sentAt = new Date(now.getTime() + within(policies['otp.decoySentMs']))
  const endedAt = new Date(sentAt.getTime() + within(policies['otp.decoyDeliveredMs']))
  const isFailure = random.below(1_000) < policies['otp.decoyFailurePermille']
  return { sentAt, endedAt, endedAs: isFailure ? 'FAILED' : 'DELIVERED' }
}
