/** A fact that one subgraph tells the others, in the past tense. */
export type DomainEvent = LineAccessChanged

/**
 * The rights of an account on a line are now these. The version grows with every change of the pair, so that a
 * receiver keeps the newest whatever order events arrive in.
 */
export interface LineAccessChanged {
  readonly id: string
  readonly kind: 'LineAccessChanged'
  readonly occurredAt: string
  readonly lineId: string
  readonly accountId: string
  /** Bits of `LINE_RIGHTS`; 0 when the account has none any more. */
  readonly rights: number
  /** RFC 3339; null when the rights do not end by themselves. */
  readonly until: string | null
  readonly version: number
}
