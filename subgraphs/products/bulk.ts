import type pg from 'pg'
import { addOwners, type LineAccessRow, putLineAccess } from '../../platform/access/line-access-bulk.ts'
import type { Clock } from '../../platform/clock.ts'
import { inBulkTransaction, stageRows } from '../../platform/database/bulk.ts'
import type { NewId } from '../../platform/ids.ts'
import { type BulkOffering, type CatalogueOutcome, loadCatalogue } from './bulk/catalogue.ts'

/** A line as products know it: who owns it, and its tariff. */
export interface BulkTariffedLine {
  readonly lineId: string
  readonly accountId: string
  readonly tariffId: string
  /** `YYYY-MM-DD`. */
  readonly activatedOn: string
}

export interface BulkOption {
  readonly lineId: string
  readonly offeringId: string
  /** `YYYY-MM-DD`. */
  readonly activatedOn: string
}

export interface KnownOffering {
  readonly id: string
  readonly kind: 'TARIFF' | 'OPTION'
}

/** Loads products by the thousand. Every method can be run again with the same rows and then changes nothing. */
export interface ProductsBulk {
  /** Adds new offerings, and a new version of those that changed. Offerings that are not named stay as they are. */
  loadCatalogue(offerings: readonly BulkOffering[]): Promise<CatalogueOutcome>
  findOfferings(): Promise<Map<string, KnownOffering>>
  /** Gives lines their owner and tariff; a line that has a tariff keeps it. */
  loadLines(lines: readonly BulkTariffedLine[]): Promise<void>
  /** Switches options on, unless they are or, since the same day, were on. Returns how many were new. */
  loadOptions(options: readonly BulkOption[]): Promise<number>
  loadAccess(access: readonly LineAccessRow[]): Promise<void>
}

interface Dependencies {
  readonly pool: pg.Pool
  readonly newId: NewId
  readonly clock: Clock
}

export function createProductsBulk({ pool, newId, clock }: Dependencies): ProductsBulk {
  return {
    loadCatalogue: (offerings) =>
      inBulkTransaction(pool, (client) => loadCatalogue(client, { newId, clock }, offerings)),
    findOfferings: () => inBulkTransaction(pool, findOfferings),
    loadLines: (lines) => inBulkTransaction(pool, (client) => loadLines(client, lines)),
    loadOptions: (options) => inBulkTransaction(pool, (client) => loadOptions(client, newId, options)),
    loadAccess: (access) => inBulkTransaction(pool, (client) => putLineAccess(client, 'products', access)),
  }
}

async function findOfferings(client: pg.ClientBase): Promise<Map<string, KnownOffering>> {
  const { rows } = await client.query<KnownOffering & { code: string }>('select code, id, kind from products.offering')
  return new Map(rows.map(({ code, id, kind }) => [code, { id, kind }]))
}

async function loadLines(client: pg.ClientBase, lines: readonly BulkTariffedLine[]): Promise<void> {
  await stageRows(
    client,
    'staged_tariff',
    { line_id: 'uuid', account_id: 'uuid', offering_id: 'uuid', activated_on: 'date' },
    lines.map(({ lineId, accountId, tariffId, activatedOn }) => [lineId, accountId, tariffId, activatedOn]),
  )
  await client.query(addOwners('products', 'staged_tariff'))
  await client.query(`
    insert into products.line_tariff (line_id, offering_id, activated_on)
    select line_id, offering_id, activated_on from pg_temp.staged_tariff order by line_id
    on conflict do nothing
  `)
}

async function loadOptions(client: pg.ClientBase, newId: NewId, options: readonly BulkOption[]): Promise<number> {
  await stageRows(
    client,
    'staged_option',
    { line_id: 'uuid', id: 'uuid', offering_id: 'uuid', activated_on: 'date' },
    options.map(({ lineId, offeringId, activatedOn }) => [lineId, newId(), offeringId, activatedOn]),
  )
  // An option that was switched off since it was imported stays off when the file comes again.
  const { rowCount } = await client.query(`
    insert into products.line_option (line_id, id, offering_id, activated_on)
    select staged.line_id, staged.id, staged.offering_id, staged.activated_on
    from pg_temp.staged_option as staged
    where not exists (
      select from products.line_option as known
      where known.line_id = staged.line_id and known.offering_id = staged.offering_id
        and known.activated_on = staged.activated_on
    )
    order by staged.line_id, staged.offering_id
    on conflict (line_id, offering_id) where deactivated_at is null do nothing
  `)
  return rowCount ?? 0
}
