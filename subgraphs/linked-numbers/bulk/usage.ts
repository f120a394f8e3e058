import type pg from 'pg'
import { stageRows } from '../../../platform/database/bulk.ts'
import type { NewId } from '../../../platform/ids.ts'

/** What is counted of each kind of usage. */
export const USAGE_UNITS = { VOICE: 'SECOND', SMS: 'MESSAGE', MMS: 'MESSAGE', DATA: 'MEGABYTE' } as const
export type UsageKind = keyof typeof USAGE_UNITS

export interface BulkUsage {
  readonly lineId: string
  readonly externalId: string
  readonly kind: UsageKind
  /** RFC 3339. */
  readonly startedAt: string
  readonly counterparty: string | null
  /** An exact decimal. */
  readonly quantity: string
  readonly cost: bigint
}

/** Adds the records whose external id the line does not have yet. Returns how many were new. */
export async function loadUsage(client: pg.ClientBase, newId: NewId, usage: readonly BulkUsage[]): Promise<number> {
  await stageRows(
    client,
    'staged_usage',
    {
      line_id: 'uuid',
      id: 'uuid',
      external_id: 'text',
      kind: 'text',
      started_at: 'timestamptz',
      counterparty: 'text',
      quantity: 'numeric',
      unit: 'text',
      cost_kopecks: 'bigint',
    },
    usage.map((record) => [
      record.lineId,
      newId(),
      record.externalId,
      record.kind,
      record.startedAt,
      record.counterparty,
      record.quantity,
      USAGE_UNITS[record.kind],
      record.cost,
    ]),
  )
  const { rowCount } = await client.query(`
    insert into linked_numbers.usage_record
      (line_id, id, external_id, kind, started_at, counterparty, quantity, unit, cost_kopecks)
    select line_id, id, external_id, kind, started_at, counterparty, quantity, unit, cost_kopecks
    from pg_temp.staged_usage order by line_id, external_id
    on conflict (line_id, external_id) do nothing
  `)
  return rowCount ?? 0
}
