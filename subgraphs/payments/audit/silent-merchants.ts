import { type Kysely, sql } from 'kysely'
import type { Tables } from '../store/tables.ts'

/** Money that is set aside for a merchant who does not say whether it was paid. */
export interface SilentPurchase {
  readonly lineId: string
  readonly paymentId: string
  readonly merchantId: string
  /** By which the merchant knows it. */
  readonly transactionId: string
  /** Kopecks, the fee included. */
  readonly held: bigint
  readonly begunAt: Date
  readonly asked: number
}

/** Purchases that were begun before a moment and have not ended, the oldest first. */
export async function listSilentPurchases(db: Kysely<Tables>, before: Date): Promise<SilentPurchase[]> {
  const { rows } = await sql<SilentPurchase>`
    select line_id as "lineId", id as "paymentId", merchant_id as "merchantId", transaction_id as "transactionId",
      amount + fee as held, begun_at as "begunAt", asked
    from purchase where not is_over and begun_at < ${before} order by begun_at, id
  `.execute(db)
  return rows
}
