import { type Kysely, sql, type Transaction } from 'kysely'
import type { Day } from '../../../platform/calendar.ts'
import type { Tables } from './tables.ts'

/** What a line has sent and received on a day; kopecks. */
export interface TransferDay {
  readonly sent: bigint
  readonly received: bigint
}

/** It stays so until the end of the transaction when the line's balance is locked. */
export async function findTransferDay(db: Kysely<Tables>, lineId: string, day: Day): Promise<TransferDay> {
  const row = await db
    .selectFrom('transfer_day')
    .select(['sent', 'received'])
    .where('line_id', '=', lineId)
    .where('day', '=', day)
    .executeTakeFirst()
  return row ?? { sent: 0n, received: 0n }
}

/** Counts what moves. Under the lock of the line's balance. */
export async function countTransfer(
  trx: Transaction<Tables>,
  { lineId, day, sent = 0n, received = 0n }: { lineId: string; day: Day; sent?: bigint; received?: bigint },
): Promise<void> {
  await sql`
    insert into transfer_day as counted (line_id, day, sent, received)
    values (${lineId}, ${day}, ${sent}, ${received})
    on conflict (line_id, day) do update
      set sent = counted.sent + excluded.sent, received = counted.received + excluded.received
  `.execute(trx)
}

/** Takes off what came back to its sender. Under the lock of the line's balance. */
export async function uncountSent(
  trx: Transaction<Tables>,
  { lineId, day, sent }: { lineId: string; day: Day; sent: bigint },
): Promise<void> {
  await sql`update transfer_day set sent = sent - ${sent} where line_id = ${lineId} and day = ${day}`.execute(trx)
}
