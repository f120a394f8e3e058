/** The tables of payments, as the queries see them. */
export interface Tables {
  ledger_balance: { line_id: string; unit: LedgerUnit; posted: bigint; reserved: bigint; debt_limit: bigint }
  bonus_lot: {
    line_id: string
    id: string
    earned: bigint
    remaining: bigint
    earned_at: Date
    expires_at: Date
  }
  line_access: { line_id: string; account_id: string; rights: number; until: Date | null; version: bigint }
  inbox: { event_id: string; received_at: Date }
}

/** What the ledger counts. */
export type LedgerUnit = 'KOPECK' | 'POINT'
