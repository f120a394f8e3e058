import type pg from 'pg'
import { type LineAccessRow, putLineAccess } from '../../platform/access/line-access-bulk.ts'
import type { Clock } from '../../platform/clock.ts'
import { inBulkTransaction } from '../../platform/database/bulk.ts'
import type { NewId } from '../../platform/ids.ts'
import { type BulkMerchant, loadMerchants } from './bulk/merchants.ts'
import { type BulkOpening, loadOpenings, type OpeningSums } from './bulk/openings.ts'
import { type BulkTopUp, loadTopUps, type TopUpsOutcome } from './bulk/top-ups.ts'

/** Posts by the thousand. Every method can be run again with the same rows and then changes nothing. */
export interface PaymentsBulk {
  /** Gives lines their owner and opening balance, once. Returns what the lines were opened with, now or before. */
  loadLines(lines: readonly BulkOpening[]): Promise<OpeningSums>
  /** Posts each top-up once; one that was posted for another line is not posted again and is named. */
  loadTopUps(topUps: readonly BulkTopUp[]): Promise<TopUpsOutcome>
  loadAccess(access: readonly LineAccessRow[]): Promise<void>
  /** Makes the catalogue of those who can be paid these. */
  loadMerchants(merchants: readonly BulkMerchant[]): Promise<void>
}

interface Dependencies {
  readonly pool: pg.Pool
  readonly newId: NewId
  readonly clock: Clock
}

export function createPaymentsBulk({ pool, newId, clock }: Dependencies): PaymentsBulk {
  return {
    loadLines: (lines) => inBulkTransaction(pool, (client) => loadOpenings(client, { newId, clock }, lines)),
    loadTopUps: (topUps) => inBulkTransaction(pool, (client) => loadTopUps(client, { newId, clock }, topUps)),
    loadMerchants: (merchants) => inBulkTransaction(pool, (client) => loadMerchants(client, merchants)),
    loadAccess: (access) => inBulkTransaction(pool, (client) => putLineAccess(client, 'payments', access)),
  }
}
