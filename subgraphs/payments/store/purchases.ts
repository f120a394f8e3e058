import { type Kysely, sql, type Transaction } from 'kysely'
import type { MemberMonth } from './member-spending.ts'
import type { Tables } from './tables.ts'

/** A purchase as it was shown; kopecks. */
export interface PurchaseQuote {
  /** To whom it was shown. */
  readonly personId: string
  readonly id: string
  /** In whose cabinet they act. */
  readonly accountId: string
  readonly lineId: string
  readonly merchantId: string
  readonly reference: string
  readonly transactionId: string
  readonly amount: bigint
  readonly fee: bigint
  /** The thousandths of the amount that the fee is; null for what was shown before they were kept. */
  readonly feePermille: number | null
  readonly quotedAt: Date
  readonly validUntil: Date
}

export async function insertPurchaseQuote(trx: Transaction<Tables>, quote: PurchaseQuote): Promise<void> {
  await trx
    .insertInto('purchase_quote')
    .values({
      account_id: quote.personId,
      id: quote.id,
      acting_account_id: quote.accountId,
      line_id: quote.lineId,
      merchant_id: quote.merchantId,
      reference: quote.reference,
      transaction_id: quote.transactionId,
      amount: quote.amount,
      fee: quote.fee,
      fee_permille: quote.feePermille,
      quoted_at: quote.quotedAt,
      valid_until: quote.validUntil,
    })
    .execute()
}

/** What was shown to a person in a cabinet; null for what was shown to others. */
export async function findPurchaseQuote(
  db: Kysely<Tables>,
  { personId, accountId, id }: Pick<PurchaseQuote, 'personId' | 'accountId' | 'id'>,
): Promise<PurchaseQuote | null> {
  const row = await db
    .selectFrom('purchase_quote')
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
    merchantId: row.merchant_id,
    reference: row.reference,
    transactionId: row.transaction_id,
    amount: row.amount,
    fee: row.fee,
    feePermille: row.fee_permille,
    quotedAt: row.quoted_at,
    validUntil: row.valid_until,
  }
}

/** Takes a number for a transaction with a merchant; false when another payment has it. */
export async function takeTransactionId(
  db: Kysely<Tables>,
  { id, lineId }: { readonly id: string; readonly lineId: string },
): Promise<boolean> {
  const { rows } = await sql`
    insert into merchant_transaction (id, line_id) values (${id}, ${lineId}) on conflict do nothing returning id
  `.execute(db)
  return rows.length > 0
}

/** A purchase of which it is not known yet how it ended. */
export interface Purchase extends Omit<PurchaseQuote, 'personId' | 'accountId' | 'quotedAt' | 'validUntil'> {
  readonly begunAt: Date
  readonly asked: number
  readonly member: MemberMonth | null
}

export async function beginPurchase(trx: Transaction<Tables>, purchase: Omit<Purchase, 'asked'>): Promise<void> {
  await trx
    .insertInto('purchase')
    .values({
      line_id: purchase.lineId,
      id: purchase.id,
      merchant_id: purchase.merchantId,
      reference: purchase.reference,
      transaction_id: purchase.transactionId,
      amount: purchase.amount,
      fee: purchase.fee,
      fee_permille: purchase.feePermille,
      begun_at: purchase.begunAt,
      next_ask_at: purchase.begunAt,
      member: purchase.member && JSON.stringify(purchase.member),
    })
    .execute()
}

export interface Lease {
  readonly now: Date
  /** Nobody else asks before. */
  readonly until: Date
  /** How many purchases of a merchant are waited for already. */
  readonly waiting: ReadonlyMap<string, number>
  /** How many there may be of each merchant, with these. */
  readonly eachLimit: number
}

/** Takes purchases whose time to ask has come, a few of each merchant. */
export async function takePurchasesToAsk(db: Kysely<Tables>, lease: Lease): Promise<Purchase[]> {
  const { rows } = await sql<PurchaseRow>`
    update purchase set asked = purchase.asked + 1, next_ask_at = ${lease.until}
    from (
      select next.line_id, next.id from merchant
      left join unnest(${[...lease.waiting.keys()]}::text[], ${[...lease.waiting.values()]}::int[])
        as waiting (merchant_id, count) on waiting.merchant_id = merchant.id
      cross join lateral (
        select line_id, id from purchase
        where merchant_id = merchant.id and not is_over and next_ask_at <= ${lease.now}
        order by next_ask_at limit greatest(0, ${lease.eachLimit}::int - coalesce(waiting.count, 0)) for update skip locked
      ) as next
    ) as due
    where purchase.line_id = due.line_id and purchase.id = due.id
    returning purchase.*
  `.execute(db)
  return rows.map(toPurchase)
}

/** Says when a purchase is asked about again, unless somebody else asks meanwhile. */
export async function postponePurchase(
  db: Kysely<Tables>,
  { lineId, id, asked }: Pick<Purchase, 'lineId' | 'id' | 'asked'>,
  until: Date,
): Promise<void> {
  await db
    .updateTable('purchase')
    .set({ next_ask_at: until })
    .where('line_id', '=', lineId)
    .where('id', '=', id)
    .where('asked', '=', asked)
    .execute()
}

/** What was begun before a moment and has not ended, by the number that its merchant knows; null otherwise. */
export async function findSilentPurchase(
  db: Kysely<Tables>,
  { transactionId, before }: { readonly transactionId: string; readonly before: Date },
): Promise<Purchase | null> {
  const { rows } = await sql<PurchaseRow>`
    select * from purchase where transaction_id = ${transactionId} and not is_over and begun_at < ${before}
  `.execute(db)
  return rows[0] ? toPurchase(rows[0]) : null
}

function toPurchase(row: PurchaseRow): Purchase {
  return {
    lineId: row.line_id,
    id: row.id,
    merchantId: row.merchant_id,
    reference: row.reference,
    transactionId: row.transaction_id,
    amount: row.amount,
    fee: row.fee,
    feePermille: row.fee_permille,
    begunAt: row.begun_at,
    asked: row.asked,
    member: row.member,
  }
}

interface PurchaseRow {
  readonly line_id: string
  readonly id: string
  readonly merchant_id: string
  readonly reference: string
  readonly transaction_id: string
  readonly amount: bigint
  readonly fee: bigint
  readonly fee_permille: number | null
  readonly begun_at: Date
  readonly asked: number
  readonly member: MemberMonth | null
}

/** Under the lock of the line's balance; false when it is over already. */
export async function endPurchase(
  trx: Transaction<Tables>,
  { lineId, id }: { readonly lineId: string; readonly id: string },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('purchase')
    .set({ is_over: true })
    .where('line_id', '=', lineId)
    .where('id', '=', id)
    .where('is_over', '=', false)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Whether a quote was confirmed already. Under the lock of the line's balance. */
export async function isPurchaseBegun(
  trx: Transaction<Tables>,
  { lineId, id }: { readonly lineId: string; readonly id: string },
): Promise<boolean> {
  const row = await trx
    .selectFrom('purchase')
    .select('id')
    .where('line_id', '=', lineId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row !== undefined
}
