import type pg from 'pg'
import type { Clock } from '../../../platform/clock.ts'
import { stageRows } from '../../../platform/database/bulk.ts'
import type { NewId } from '../../../platform/ids.ts'
import type { Translated } from '../../../platform/languages.ts'

export const ALLOWANCE_UNITS = { VOICE: 'MINUTE', SMS: 'MESSAGE', MMS: 'MESSAGE', DATA: 'MEGABYTE' } as const
export const CHARGE_PERIODS = ['ONCE', 'DAY', 'MONTH'] as const

export interface BulkAllowance {
  readonly kind: keyof typeof ALLOWANCE_UNITS
  readonly quantity: number
}

/** A tariff or an option as the operator sells it now. */
export interface BulkOffering {
  readonly code: string
  readonly kind: 'TARIFF' | 'OPTION'
  readonly isArchived: boolean
  readonly name: Translated
  /** Null for a tariff. */
  readonly category: string | null
  readonly fee: bigint
  readonly period: (typeof CHARGE_PERIODS)[number]
  readonly allowances: readonly BulkAllowance[]
}

export interface CatalogueOutcome {
  readonly added: number
  /** Offerings that have a new version, or were archived or opened again. */
  readonly changed: number
  /** Codes that are known as an offering of the other kind: nothing was done with them. */
  readonly conflicts: readonly string[]
}

/** Adds new offerings, and a new version of those that changed. No code may occur twice. */
export async function loadCatalogue(
  client: pg.ClientBase,
  { newId, clock }: { newId: NewId; clock: Clock },
  offerings: readonly BulkOffering[],
): Promise<CatalogueOutcome> {
  await stageOfferings(client, newId, offerings)
  const added = await client.query(`
    insert into products.offering (id, code, kind, is_archived)
    select id, code, kind, is_archived from pg_temp.staged_offering order by code
    on conflict do nothing
  `)
  // Locked, so that two imports at once do not both make the next version.
  const { rows: conflicts } = await client.query<{ code: string }>(`
    select code from (
      select offering.code, offering.kind = staged.kind as is_same
      from products.offering join pg_temp.staged_offering as staged using (code)
      order by offering.code for update of offering
    ) as known where not is_same
  `)
  const { rows } = await client.query<{ changed: number }>(CHANGE_OFFERINGS, [clock.now()])
  return {
    added: added.rowCount ?? 0,
    changed: (rows[0]?.changed ?? 0) - (added.rowCount ?? 0),
    conflicts: conflicts.map(({ code }) => code),
  }
}

async function stageOfferings(client: pg.ClientBase, newId: NewId, offerings: readonly BulkOffering[]): Promise<void> {
  await stageRows(
    client,
    'staged_offering',
    {
      id: 'uuid',
      code: 'text',
      kind: 'text',
      is_archived: 'boolean',
      name_ru: 'text',
      name_en: 'text',
      category: 'text',
      fee_kopecks: 'bigint',
      period: 'text',
      allowances: 'jsonb',
    },
    offerings.map((offering) => [
      newId(),
      offering.code,
      offering.kind,
      offering.isArchived,
      offering.name.ru,
      offering.name.en,
      offering.category,
      offering.fee,
      offering.period,
      JSON.stringify(
        offering.allowances.map(({ kind, quantity }) => ({ kind, quantity, unit: ALLOWANCE_UNITS[kind] })),
      ),
    ]),
  )
}

/**
 * A version begins now, by whichever clock is behind: ours or the database's, whose `now()` decides what counts.
 * Compared is the version that counts, so that a price already planned for later does not make one more.
 */
const CHANGE_OFFERINGS = `
  with staged as (
    select offering.id as offering_id, staged.*
    from pg_temp.staged_offering as staged join products.offering using (code, kind)
  ), archived as (
    update products.offering set is_archived = staged.is_archived
    from staged where offering.id = staged.offering_id and offering.is_archived <> staged.is_archived
    returning offering.id
  ), versioned as (
    insert into products.offering_version
      (offering_id, version, valid_from, name_ru, name_en, category, fee_kopecks, period, allowances)
    select staged.offering_id,
      1 + coalesce((select max(version) from products.offering_version where offering_id = staged.offering_id), 0),
      least($1::timestamptz, now()), name_ru, name_en, category, fee_kopecks, period, allowances
    from staged
    where (name_ru, name_en, category, fee_kopecks, period, allowances) is distinct from (
      select (name_ru, name_en, category, fee_kopecks, period, allowances)
      from products.offering_version
      where offering_id = staged.offering_id and valid_from <= greatest($1::timestamptz, now())
      order by version desc limit 1
    )
    returning offering_id
  )
  select count(distinct id)::int as changed
  from (select id from archived union all select offering_id from versioned) as touched
`
