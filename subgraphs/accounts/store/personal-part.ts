import type { Transaction } from 'kysely'
import type { Tables } from './tables.ts'

/**
 * Personal data that leave their tables while an account is closed. What is taken is kept sealed, as JSON, and given
 * back when the account is opened again. The contract, the lines and the audit trail stay as they are.
 */
export interface PersonalPart {
  readonly name: string
  /** Puts something neutral in the place of the data, and gives the data. */
  take(trx: Transaction<Tables>, accountId: string): Promise<unknown>
  giveBack(trx: Transaction<Tables>, accountId: string, data: unknown): Promise<void>
}
