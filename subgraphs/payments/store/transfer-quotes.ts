import type { Kysely, Transaction } from 'kysely'
import type { E164 } from '../../../platform/phone.ts'
import type { Tables } from './tables.ts'

/** A transfer as it was shown; kopecks. */
export interface TransferQuote {
  /** To whom it was shown. */
  readonly personId: string
  readonly id: string
  /** In whose cabinet they act. */
  readonly accountId: string
  readonly lineId: string
  readonly toPhone: E164
  readonly toLineId: string
  readonly amount: bigint
  readonly fee: bigint
  /** Of the policy `transfer.feeKopecks`. */
  readonly feeVersion: number
  readonly quotedAt: Date
  readonly validUntil: Date
}

export async function insertTransferQuote(trx: Transaction<Tables>, quote: TransferQuote): Promise<void> {
  await trx
    .insertInto('transfer_quote')
    .values({
      account_id: quote.personId,
      id: quote.id,
      acting_account_id: quote.accountId,
      line_id: quote.lineId,
      to_phone: quote.toPhone,
      to_line_id: quote.toLineId,
      amount: quote.amount,
      fee: quote.fee,
      fee_version: quote.feeVersion,
      quoted_at: quote.quotedAt,
      valid_until: quote.validUntil,
    })
    .execute()
}

/** What was shown to a person in a cabinet; null for what was shown to others. */
export async function findTransferQuote(
  db: Kysely<Tables>,
  { personId, accountId, id }: Pick<TransferQuote, 'personId' | 'accountId' | 'id'>,
): Promise<TransferQuote | null> {
  const row = await db
    .selectFrom('transfer_quote')
    .selectAll()
    .where('account_id', '=', personId)
    .where('id', '=', id)
    .where('acting_account_id', '=', accountId)
    .executeTakeFirst()
  if (!row) return null
  return {
    personId: row.account_id,
    id: row.id,
    accountId: row.acting_account_id,
    lineId: row.line_id,
    toPhone: row.to_phone,
    toLineId: row.to_line_id,
    amount: row.amount,
    fee: row.fee,
    feeVersion: row.fee_version,
    quotedAt: row.quoted_at,
    validUntil: row.valid_until,
  }
}
