import type { Transaction } from 'kysely'
import type { Viewer } from '../../../platform/identity/viewer.ts'
import type { Tables } from './tables.ts'

/** Something that was done to an account, or seen of it. */
export interface Act {
  readonly id: string
  readonly at: Date
  /** Whose account it was done to. */
  readonly accountId: string
  /** In the past tense: `PASSWORD_CHANGED`. */
  readonly kind: string
  readonly lineId?: string
  /** No secret and nothing that a log may not hold but ids. */
  readonly details?: Readonly<Record<string, unknown>>
}

/** Writes an act into the audit trail, in the transaction of the change it tells of. */
export async function recordAct(trx: Transaction<Tables>, viewer: Viewer, act: Act): Promise<void> {
  const { principal, client, requestId } = viewer
  await trx
    .insertInto('act')
    .values({
      account_id: act.accountId,
      id: act.id,
      at: act.at,
      actor: actorOf(viewer, act.accountId),
      kind: act.kind,
      line_id: act.lineId ?? null,
      details: JSON.stringify(act.details ?? {}),
      address: client.address,
      session_id: 'sessionId' in principal ? principal.sessionId : null,
      request_id: requestId,
      reason: client.reason,
    })
    .execute()
}

/** Who signs in is nobody yet: what they do before is done by whoever holds the account. */
function actorOf({ principal }: Viewer, accountId: string): string {
  switch (principal.kind) {
    case 'anonymous':
      return `account:${accountId}`
    case 'account':
      return `account:${principal.personId}`
    case 'staff':
      return `staff:${principal.staffId}`
    case 'service':
      return `service:${principal.name}`
  }
}
