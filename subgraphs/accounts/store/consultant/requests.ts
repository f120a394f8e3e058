import { sql, type Transaction } from 'kysely'
import { invariant } from '../../../../platform/invariant.ts'
import type { Tables } from '../tables.ts'
import type { MessageRow } from './messages.ts'

/** What is asked for under a key of the client's. */
export interface KeyedRequest {
  readonly accountId: string
  /** Whose keys these are: the account's questions, or a consultant's answers in a conversation. */
  readonly scope: string
  readonly idempotencyKey: string
  readonly bodyHash: string
  readonly conversationId: string
  readonly at: Date
}

export type Claim =
  | { readonly kind: 'claimed' }
  /** It was done before; these are the messages that it wrote. */
  | { readonly kind: 'repeated'; readonly conversationId: string; readonly messages: readonly MessageRow[] }
  | { readonly kind: 'reused' }

/** Claims the key for this transaction. Who comes with the same key meanwhile waits, and then gets what was done. */
export async function claimRequest(trx: Transaction<Tables>, request: KeyedRequest): Promise<Claim> {
  const { accountId, scope, idempotencyKey, bodyHash } = request
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('consultant_request')
    .values({
      account_id: accountId,
      scope,
      idempotency_key: idempotencyKey,
      body_hash: bodyHash,
      conversation_id: request.conversationId,
      requested_at: request.at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows === 1n) return { kind: 'claimed' }
  const { rows } = await sql<MessageRow & { readonly body_hash: string }>`
    select request.body_hash, message.*
    from consultant_request as request
    join conversation_message as message
      on message.account_id = request.account_id and message.conversation_id = request.conversation_id
      and message.sequence between request.first_sequence and request.last_sequence
    where request.account_id = ${accountId} and request.scope = ${scope} and request.idempotency_key = ${idempotencyKey}
    order by message.sequence
  `.execute(trx)
  const [first] = rows
  invariant(first, 'a key that was claimed has the messages that were written under it')
  if (first.body_hash !== bodyHash) return { kind: 'reused' }
  return { kind: 'repeated', conversationId: first.conversation_id, messages: rows }
}

/** Writes down what was done under the key, before its transaction ends. */
export async function completeRequest(
  trx: Transaction<Tables>,
  { accountId, scope, idempotencyKey }: KeyedRequest,
  messages: readonly MessageRow[],
): Promise<void> {
  await sql`
    update consultant_request
    set first_sequence = ${messages.at(0)?.sequence}, last_sequence = ${messages.at(-1)?.sequence}
    where account_id = ${accountId} and scope = ${scope} and idempotency_key = ${idempotencyKey}
  `.execute(trx)
}

/** Gives the key back: what was refused may be asked for again under it. */
export async function abandonRequest(
  trx: Transaction<Tables>,
  { accountId, scope, idempotencyKey }: KeyedRequest,
): Promise<void> {
  await sql`
    delete from consultant_request
    where account_id = ${accountId} and scope = ${scope} and idempotency_key = ${idempotencyKey}
  `.execute(trx)
}
