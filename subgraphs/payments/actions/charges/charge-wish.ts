import { isDeepStrictEqual } from 'node:util'
import { parseId } from '../../../../platform/ids.ts'
import type { Translated } from '../../../../platform/languages.ts'
import { parseKopecks } from '../../../../platform/money.ts'
import type { SubgraphName } from '../../../../platform/subgraph/name.ts'
import { isStorable } from '../../../../platform/text.ts'
import type { LedgerKind, LedgerUnit } from '../../ledger/kinds.ts'
import { type Cause, type Movement, take } from '../../ledger/posting.ts'

/** Of which of our parts it is, and what it calls it. */
export interface ChargeKey {
  readonly service: SubgraphName
  readonly lineId: string
  /** The service's own id: one effect for each. */
  readonly id: string
}

/** What a service wants a line to pay, as it said so. */
export interface ChargeWish extends ChargeKey {
  /** Of money, or a whole number of points. */
  readonly amount: string
  /** Says what it is paid with, too: points are spent, money is charged. */
  readonly kind: Extract<LedgerKind, 'SERVICE_CHARGE' | 'SUBSCRIPTION_FEE' | 'BONUS_SPENT'>
  readonly reason: ChargeReason
}

export interface ChargeReason {
  readonly title: Translated
  readonly orderId?: string | null | undefined
  readonly consentId?: string | null | undefined
  readonly policyName?: string | null | undefined
  readonly policyVersion?: number | null | undefined
}

/** The same, understood. */
export interface ParsedCharge {
  readonly lineId: string
  readonly unit: LedgerUnit
  readonly amount: bigint
  readonly kind: LedgerKind
  readonly cause: Cause
}

/** What is kept of one under its id: its kind says in which unit it is. */
export type KeptCharge = Pick<ParsedCharge, 'amount' | 'kind' | 'cause'>

export type ChargeRefusal =
  | { readonly kind: 'lineNotFound' }
  | { readonly kind: 'invalidAmount' }
  /** `at` is where in the input. */
  | { readonly kind: 'invalidCharge'; readonly at: readonly string[] }

const ID_LENGTH_MAX = 100
const TEXT_LENGTH_MAX = 200

/** `idName` is what the input calls the id. */
export function parseCharge(
  wish: ChargeWish,
  idName: string,
): { readonly kind: 'parsed'; readonly charge: ParsedCharge } | ChargeRefusal {
  const lineId = parseId(wish.lineId)
  if (lineId === null) return { kind: 'lineNotFound' }
  const unit = wish.kind === 'BONUS_SPENT' ? 'POINT' : 'KOPECK'
  const amount = parseAmount(wish.amount, unit)
  if (amount === null) return { kind: 'invalidAmount' }
  const at = invalidPart(wish, idName)
  if (at !== null) return { kind: 'invalidCharge', at }
  return { kind: 'parsed', charge: { lineId, unit, amount, kind: wish.kind, cause: toCause(wish.reason) } }
}

/** Kopecks, or points of which there are no parts; null for what is not above zero. */
export function parseAmount(text: string, unit: LedgerUnit): bigint | null {
  const hundredths = parseKopecks(text)
  if (hundredths === null || hundredths <= 0n) return null
  if (unit === 'KOPECK') return hundredths
  return hundredths % 100n === 0n ? hundredths / 100n : null
}

/** Money is the operator's revenue; points go back to the programme that gave them. */
export function takeForService(unit: LedgerUnit, amount: bigint): Movement {
  return take(unit, unit === 'POINT' ? 'BONUS_PROGRAMME' : 'REVENUE', amount)
}

function invalidPart({ id, reason }: ChargeWish, idName: string): string[] | null {
  if (!isWithin(id, ID_LENGTH_MAX)) return [idName]
  for (const language of ['ru', 'en'] as const) {
    if (!isWithin(reason.title[language].trim(), TEXT_LENGTH_MAX)) return ['reason', 'title', language]
  }
  for (const name of ['orderId', 'consentId', 'policyName'] as const) {
    const text = reason[name] ?? null
    if (text !== null && !isWithin(text, TEXT_LENGTH_MAX)) return ['reason', name]
  }
  const version = reason.policyVersion ?? null
  const isVersionOfPolicy = (version === null) === ((reason.policyName ?? null) === null)
  return isVersionOfPolicy && (version === null || version > 0) ? null : ['reason', 'policyVersion']
}

function isWithin(text: string, lengthMax: number): boolean {
  return text.length > 0 && isStorable(text, lengthMax)
}

function toCause({ title, orderId, consentId, policyName, policyVersion }: ChargeReason): Cause {
  return {
    title: { ru: title.ru, en: title.en },
    ...(orderId && { orderId }),
    ...(consentId && { consentId }),
    ...(policyName && policyVersion && { policy: { name: policyName, version: policyVersion } }),
  }
}

/** Whether what is kept under an id is what is asked for under it again. */
export function isSameCharge(kept: KeptCharge, asked: ParsedCharge): boolean {
  return kept.amount === asked.amount && kept.kind === asked.kind && isDeepStrictEqual(kept.cause, asked.cause)
}
