import { sql, type Transaction } from 'kysely'
import { allowedLines } from '../../../platform/access/line-access-sql.ts'
import { type LineKey, type LineKeyValues, toLineKeyValues } from '../../../platform/access/line-key.ts'
import { prepareStatement } from '../../../platform/database/prepared-statement.ts'
import type { Reader } from '../../../platform/database/reader.ts'
import type { Tables } from './tables.ts'

/** Whether number management is on, for one viewer of the line. */
export interface NumberManagementRow {
  readonly key: number
  readonly is_enabled: boolean
}

const NUMBER_MANAGEMENT = prepareStatement<LineKeyValues, NumberManagementRow>(
  'number-management',
  (values) => sql`
    with allowed as (${allowedLines(values)})
    select allowed.key, number_management.line_id is not null as is_enabled
    from allowed left join number_management using (line_id)
  `,
)

export function readNumberManagement(
  reader: Reader,
  keys: readonly LineKey[],
  now: Date,
): Promise<NumberManagementRow[]> {
  return reader.read(NUMBER_MANAGEMENT, toLineKeyValues(keys, now))
}

/** Switches it on; whether it was off. Null when there is no such line in service. */
export async function enableManagement(
  trx: Transaction<Tables>,
  lineId: string,
  now: Date,
): Promise<{ readonly isNew: boolean } | null> {
  const { rows } = await sql<{ is_new: boolean }>`
    with enabled as (
      insert into number_management (line_id, enabled_at)
      select id, ${now} from line where id = ${lineId} and status <> 'CLOSED'
      on conflict (line_id) do nothing
      returning line_id
    )
    select exists (select from enabled) as is_new from line where id = ${lineId} and status <> 'CLOSED'
  `.execute(trx)
  const [row] = rows
  return row ? { isNew: row.is_new } : null
}

/** Switches it off; false when it was off. */
export async function disableManagement(trx: Transaction<Tables>, lineId: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('number_management').where('line_id', '=', lineId).executeTakeFirst()
  return numDeletedRows > 0n
}

/** The line that has a telephone number now; null when nobody has it. */
export async function findLineByPhone(trx: Transaction<Tables>, phone: string): Promise<string | null> {
  const row = await trx.selectFrom('directory').select('line_id').where('msisdn', '=', phone).executeTakeFirst()
  return row?.line_id ?? null
}

export interface LineAct {
  readonly lineId: string
  readonly id: string
  readonly kind: 'NUMBER_MANAGEMENT_ENABLED' | 'NUMBER_MANAGEMENT_DISABLED'
  readonly doneBy: string
  readonly doneAt: Date
}

/** Writes down what was switched, in the transaction that switches it. */
export async function recordLineAct(trx: Transaction<Tables>, act: LineAct): Promise<void> {
  const { lineId, id, kind, doneBy, doneAt } = act
  await trx.insertInto('line_act').values({ line_id: lineId, id, kind, done_by: doneBy, done_at: doneAt }).execute()
}
