import type { Transaction } from 'kysely'
import { seal } from '../../../platform/identity/seal.ts'
import type { Secrets } from '../../../platform/identity/secrets.ts'
import type { E164 } from '../../../platform/phone.ts'
import type { Randomness } from '../../../platform/random.ts'
import type { Tables } from './tables.ts'

/** A text message on its way out. */
export interface OutgoingMessage {
  readonly id: string
  readonly phone: E164
  readonly purpose: MessagePurpose
  readonly text: string
  readonly at: Date
  /** After this it is of no use, and is not sent any more. */
  readonly expiresAt: Date
}

export type MessagePurpose = 'ONE_TIME_PASSWORD' | 'NOTICE' | 'INVITATION'

const SEAL_PURPOSE = 'message'

/** Leaves a message for the sender, sealed, in the transaction of what it is about. */
export async function queueMessage(
  trx: Transaction<Tables>,
  { secrets, random }: { readonly secrets: Secrets; readonly random: Randomness },
  { id, phone, purpose, text, at, expiresAt }: OutgoingMessage,
): Promise<void> {
  const body = sealMessage(text, { secrets, random })
  await trx.insertInto('message').values({ id, phone, purpose, body, created_at: at, expires_at: expiresAt }).execute()
}

/** A message's text as its row holds it. */
export function sealMessage(
  text: string,
  { secrets, random }: { readonly secrets: Secrets; readonly random: Randomness },
): string {
  return seal(text, SEAL_PURPOSE, secrets, random)
}
