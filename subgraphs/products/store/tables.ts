/** The tables of products, as the queries see them. */
export interface Tables {
  current_offering: Offering
  line_tariff: { line_id: string; offering_id: string; activated_on: string }
  line_option: {
    line_id: string
    id: string
    offering_id: string
    activated_on: string
    deactivated_at: Date | null
  }
  line_access: { line_id: string; account_id: string; rights: number; until: Date | null; version: bigint }
  inbox: { event_id: string; received_at: Date }
}

/** An offering at its current version. */
export interface Offering {
  readonly id: string
  readonly code: string
  readonly kind: 'TARIFF' | 'OPTION'
  readonly is_archived: boolean
  readonly name_ru: string
  readonly name_en: string
  readonly category: string | null
  readonly fee_kopecks: bigint
  readonly period: Period
  readonly allowances: readonly Allowance[]
}

export type Period = 'ONCE' | 'DAY' | 'MONTH'

export interface Allowance {
  readonly kind: 'VOICE' | 'SMS' | 'MMS' | 'DATA'
  readonly quantity: number
  readonly unit: 'MINUTE' | 'MESSAGE' | 'MEGABYTE'
}
