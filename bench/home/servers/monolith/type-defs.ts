/** The part of the graph that the home query asks, as one schema. Scalars pass through: resolvers give them as texts. */
export const TYPE_DEFS = `
  scalar PhoneNumber
  scalar DateTime
  scalar Decimal
  enum CurrencyCode { RUB BYN KZT EUR USD }
  enum LineStatus { ACTIVE BLOCKED CLOSED }
  enum ChargePeriod { ONCE DAY MONTH }
  type Query { viewer: Account }
  type Account { id: ID! displayName: String lines(first: Int = 20, after: String): LineConnection }
  type LineConnection { nodes: [Line!]! pageInfo: PageInfo! }
  type PageInfo { hasNextPage: Boolean! endCursor: String }
  type Line {
    id: ID!
    msisdn: PhoneNumber!
    alias: String
    status: LineStatus!
    balance: Balance
    tariff: LineTariff
    bonuses: Bonuses
    activeOptions: [ActiveOption!]
  }
  type Money { amount: Decimal! currencyCode: CurrencyCode! }
  type Balance { available: Money! reserved: Money! asOf: DateTime! }
  type LineTariff { id: ID! name: String! monthlyFee: Money! nextChargeAt: DateTime }
  type Bonuses { points: Int! expiringNext: ExpiringPoints }
  type ExpiringPoints { points: Int! expiresAt: DateTime! }
  type ActiveOption { id: ID! name: String! fee: Money! period: ChargePeriod! nextChargeAt: DateTime }
`
