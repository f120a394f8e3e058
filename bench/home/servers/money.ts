/** An amount as answers have it. */
export interface MoneyAnswer {
  readonly amount: string
  readonly currencyCode: 'RUB'
}

/** `"14950"` kopecks are `149.50`. */
export function money(kopecks: string): MoneyAnswer {
  const isNegative = kopecks.startsWith('-')
  const digits = (isNegative ? kopecks.slice(1) : kopecks).padStart(3, '0')
  return { amount: `${isNegative ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`, currencyCode: 'RUB' }
}
