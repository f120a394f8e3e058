/** Money in the smallest coin of the operator's currency. */
export type Kopecks = bigint & { readonly brand: 'Kopecks' }

export const CURRENCY_CODES = ['RUB', 'BYN', 'KZT', 'EUR', 'USD'] as const
export type CurrencyCode = (typeof CURRENCY_CODES)[number]

/** The answer's shape of an amount: `Money` of the schema. */
export interface Money {
  readonly amount: string
  readonly currencyCode: CurrencyCode
}

export function kopecks(value: bigint): Kopecks {
  return value as Kopecks
}

/** Reads `"149.5"` or `"-3.00"` as kopecks; null when it is no decimal of at most two places or does not fit. */
export function parseKopecks(text: string): Kopecks | null {
  const match = /^(-?)(\d{1,15})(?:\.(\d{1,2}))?$/.exec(text)
  if (!match) return null
  const [, sign, whole = '', fraction = ''] = match
  const magnitude = BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0'))
  return kopecks(sign === '-' ? -magnitude : magnitude)
}

/** Writes kopecks as a decimal with two places: `"149.50"`. */
export function formatKopecks(value: bigint): string {
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

export function toMoney(value: bigint, currencyCode: CurrencyCode): Money {
  return { amount: formatKopecks(value), currencyCode }
}
