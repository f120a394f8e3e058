import { createHash } from 'node:crypto'

/** A payment as the acquirer keeps it. Amounts are in the smallest coin. */
export interface StoredPayment {
  readonly id: string
  status: 'pending' | 'waiting_for_capture' | 'succeeded' | 'canceled'
  readonly amount: number
  readonly currency: string
  captured: number
  refunded: number
  readonly isCapturedAtOnce: boolean
  readonly description: string
  readonly metadata: Readonly<Record<string, string>>
  readonly returnUrl: string | null
  /** Whether the card is to be kept for payments without the customer. */
  readonly isCardSaved: boolean
  methodId: string | null
  cancellation: { readonly party: string; readonly reason: string } | null
  readonly createdAt: string
  capturedAt: string | null
  /** Wrong codes of 3-D Secure. */
  wrongCodes: number
  readonly receipt: unknown
}

export interface StoredRefund {
  readonly id: string
  readonly paymentId: string
  status: 'pending' | 'succeeded' | 'canceled'
  readonly amount: number
  readonly currency: string
  cancellation: { readonly party: string; readonly reason: string } | null
  readonly createdAt: string
  readonly receipt: unknown
}

/** A card, without its number: that is forgotten as soon as its ends are read. */
export interface StoredMethod {
  readonly id: string
  isSaved: boolean
  readonly first6: string
  readonly last4: string
  readonly expiryYear: string
  readonly expiryMonth: string
  readonly brand: string
}

/** What was answered under a key, by its id, and to what. */
interface StoredKey {
  readonly bodyHash: string
  readonly id: string
}

/** All that the acquirer remembers, in the shape of a file. */
export interface Bank {
  readonly payments: Map<string, StoredPayment>
  readonly refunds: Map<string, StoredRefund>
  readonly methods: Map<string, StoredMethod>
  readonly keys: Map<string, StoredKey>
}

export function createBank(): Bank {
  return { payments: new Map(), refunds: new Map(), methods: new Map(), keys: new Map() }
}

export function hashOf(body: unknown): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex')
}

const BRANDS: readonly (readonly [RegExp, string])[] = [
  [/^220[0-4]/, 'Mir'],
  [/^4/, 'Visa'],
  [/^(5[1-5]|2[2-7])/, 'MasterCard'],
]

/** Of a card's number only what may be told. Null when it is no number of a card. */
export function readCard(id: string, number: string, expiry: string): StoredMethod | null {
  const digits = number.replaceAll(/[ -]/g, '')
  const [, month, year] = /^(0[1-9]|1[0-2]) ?\/ ?(\d{2})$/.exec(expiry.trim()) ?? []
  if (!/^\d{16,19}$/.test(digits) || !isLuhn(digits) || month === undefined || year === undefined) return null
  return {
    id,
    isSaved: false,
    first6: digits.slice(0, 6),
    last4: digits.slice(-4),
    expiryYear: `20${year}`,
    expiryMonth: month,
    brand: BRANDS.find(([pattern]) => pattern.test(digits))?.[1] ?? 'Unknown',
  }
}

function isLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return sum % 10 === 0
}
