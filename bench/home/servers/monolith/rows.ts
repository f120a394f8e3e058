/** A row that belongs to a line. */
export interface OfLine {
  readonly line_id: string
}

export interface AccountRow {
  readonly id: string
  readonly displayName: string
}

export interface LineRow extends OfLine {
  readonly id: string
  readonly msisdn: string
  readonly alias: string | null
  readonly status: string
}

export interface BalanceRow extends OfLine {
  readonly available: string
  readonly reserved: string
  readonly points: string
}

export interface ExpiringPointsRow extends OfLine {
  readonly points: string
  readonly expires_at: Date
}

export interface TariffRow extends OfLine {
  readonly id: string
  readonly name: string
  readonly fee: string
  readonly activated_on: string
}

export interface OptionRow extends TariffRow {
  readonly period: string
}
