import { type Kysely, sql, type Transaction } from 'kysely'
import type { DataExportState, Tables } from './tables.ts'

export interface DataExportRow {
  readonly id: string
  readonly status: DataExportState
  readonly requested_at: Date
  readonly ready_at: Date | null
  readonly expires_at: Date | null
}

/** Names an export. */
export interface ExportKey {
  readonly accountId: string
  readonly exportId: string
}

const COLUMNS = ['id', 'status', 'requested_at', 'ready_at', 'expires_at'] as const

/** Adds an export; null when the account has this key already, or another that is being prepared. */
export async function insertExport(
  trx: Transaction<Tables>,
  { accountId, exportId, idempotencyKey, now }: ExportKey & { readonly idempotencyKey: string; readonly now: Date },
): Promise<DataExportRow | null> {
  const row = await trx
    .insertInto('data_export')
    .values({ account_id: accountId, id: exportId, idempotency_key: idempotencyKey, requested_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .returning(COLUMNS)
    .executeTakeFirst()
  return row ?? null
}

export async function findExportByKey(
  db: Kysely<Tables>,
  accountId: string,
  idempotencyKey: string,
): Promise<DataExportRow | null> {
  const row = await db
    .selectFrom('data_export')
    .select(COLUMNS)
    .where('account_id', '=', accountId)
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirst()
  return row ?? null
}

export async function findExport(
  db: Kysely<Tables>,
  { accountId, exportId }: ExportKey,
): Promise<DataExportRow | null> {
  const row = await db
    .selectFrom('data_export')
    .select(COLUMNS)
    .where('account_id', '=', accountId)
    .where('id', '=', exportId)
    .executeTakeFirst()
  return row ?? null
}

/** One attempt to prepare an export. */
export interface ExportRun extends ExportKey {
  readonly runId: string
}

export async function insertChunk(
  db: Kysely<Tables>,
  { accountId, exportId, runId }: ExportRun,
  chunk: { readonly number: number; readonly sealed: string },
): Promise<void> {
  await db
    .insertInto('data_export_chunk')
    .values({ account_id: accountId, export_id: exportId, run_id: runId, ...chunk })
    .execute()
}

/** Deletes what a run wrote. */
export async function deleteRun(db: Kysely<Tables>, { accountId, exportId, runId }: ExportRun): Promise<void> {
  await db
    .deleteFrom('data_export_chunk')
    .where('account_id', '=', accountId)
    .where('export_id', '=', exportId)
    .where('run_id', '=', runId)
    .execute()
}

/** Makes a run's chunks the export, and deletes those of runs that never ended; false when another run came first. */
export async function markReady(
  trx: Transaction<Tables>,
  { accountId, exportId, runId }: ExportRun,
  { chunkCount, now, expiresAt }: { readonly chunkCount: number; readonly now: Date; readonly expiresAt: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('data_export')
    .set({ status: 'READY', ready_at: now, expires_at: expiresAt, run_id: runId, chunk_count: chunkCount })
    .where('account_id', '=', accountId)
    .where('id', '=', exportId)
    .where('status', '=', 'PREPARING')
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await trx
    .deleteFrom('data_export_chunk')
    .where('account_id', '=', accountId)
    .where('export_id', '=', exportId)
    .where('run_id', '!=', runId)
    .execute()
  return true
}

/** Gives the export a link in the place of the one before; false when it is not ready, or not kept any more. */
export async function putLink(
  trx: Transaction<Tables>,
  { accountId, exportId }: ExportKey,
  { hash, expiresAt, now }: { readonly hash: Buffer; readonly expiresAt: Date; readonly now: Date },
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('data_export')
    .set({ link_hash: hash, link_expires_at: expiresAt })
    .where('account_id', '=', accountId)
    .where('id', '=', exportId)
    .where('status', '=', 'READY')
    .where('expires_at', '>', now)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Takes the link: of all who come with it one gets the export's run, the others null. */
export async function takeLink(
  trx: Transaction<Tables>,
  { accountId, exportId }: ExportKey,
  { hash, now }: { readonly hash: Buffer; readonly now: Date },
): Promise<{ readonly runId: string; readonly chunkCount: number } | null> {
  const { rows } = await sql<{ run_id: string; chunk_count: number }>`
    update data_export set link_hash = null, link_expires_at = null
    where account_id = ${accountId} and id = ${exportId} and status = 'READY' and expires_at > ${now}
      and link_hash = ${hash} and link_expires_at > ${now}
    returning run_id, chunk_count
  `.execute(trx)
  const [row] = rows
  return row ? { runId: row.run_id, chunkCount: row.chunk_count } : null
}

export async function findChunk(db: Kysely<Tables>, run: ExportRun, number: number): Promise<string | null> {
  const row = await db
    .selectFrom('data_export_chunk')
    .select('sealed')
    .where('account_id', '=', run.accountId)
    .where('export_id', '=', run.exportId)
    .where('run_id', '=', run.runId)
    .where('number', '=', number)
    .executeTakeFirst()
  return row?.sealed ?? null
}

/** Erases an export whose time is over; false when it is not over yet. */
export async function eraseExport(
  trx: Transaction<Tables>,
  { accountId, exportId }: ExportKey,
  now: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('data_export')
    .set({ status: 'ERASED', link_hash: null, link_expires_at: null })
    .where('account_id', '=', accountId)
    .where('id', '=', exportId)
    .where('status', '!=', 'PREPARING')
    .where('expires_at', '<=', now)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  await trx
    .deleteFrom('data_export_chunk')
    .where('account_id', '=', accountId)
    .where('export_id', '=', exportId)
    .execute()
  return true
}

/** Makes every link of the account dead. */
export async function cutLinks(trx: Transaction<Tables>, accountId: string): Promise<void> {
  await trx
    .updateTable('data_export')
    .set({ link_hash: null, link_expires_at: null })
    .where('account_id', '=', accountId)
    .execute()
}
