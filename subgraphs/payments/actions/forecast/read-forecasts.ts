import { type LineKey, lineKeyText } from '../../../../platform/access/line-key.ts'
import type { Clock } from '../../../../platform/clock.ts'
import type { Reader } from '../../../../platform/database/reader.ts'
import { spendable } from '../../ledger/balance.ts'
import { type BalanceRow, readBalances } from '../../store/balances.ts'
import type { ChargeSource, ComingCharge } from './charge-source.ts'
import { forecast, type LineForecast } from './forecast.ts'

export interface ForecastDependencies {
  readonly reader: Reader
  readonly clock: Clock
  /** All that is known to come is what these know. */
  readonly sources: readonly ChargeSource[]
}

/** Which line's money, and how far ahead. */
export interface ForecastKey extends LineKey {
  readonly days: number
}

export function forecastKeyText(key: ForecastKey): string {
  return `${lineKeyText(key)}/${key.days}`
}

/** The forecast of a line that is there, or why there is none. */
export type ForecastOutcome =
  | { readonly kind: 'forecast'; readonly forecast: LineForecast }
  | { readonly kind: 'underReview' }
  /** Something that is coming cannot be told now. */
  | { readonly kind: 'unavailable' }

const DAY_MS = 86_400_000

/** The forecasts of lines, with one question to each source for all of them; null for a line that is not there. */
export async function readForecasts(
  { reader, clock, sources }: ForecastDependencies,
  keys: readonly ForecastKey[],
): Promise<(ForecastOutcome | null)[]> {
  const now = clock.now()
  const balances = new Map((await readBalances(reader, keys, now)).map((row) => [row.key, row]))
  // Only now it is known whose money the viewers may see: nothing is asked about any other line.
  const lineIds = [...new Set(keys.filter((_, place) => balances.has(place + 1)).map(({ lineId }) => lineId))]
  const until = laterBy(now, Math.max(0, ...keys.map(({ days }) => days)))
  const charges = lineIds.length === 0 ? [] : await ask(sources, lineIds, { now, until })
  const byLine = charges && Map.groupBy(charges, ({ lineId }) => lineId)
  return keys.map((key, place) => {
    const balance = balances.get(place + 1)
    if (!balance) return null
    if (balance.is_under_review) return { kind: 'underReview' }
    if (!byLine) return { kind: 'unavailable' }
    return { kind: 'forecast', forecast: forecastOf(balance, byLine.get(key.lineId) ?? [], laterBy(now, key.days)) }
  })
}

async function ask(
  sources: readonly ChargeSource[],
  lineIds: readonly string[],
  window: Parameters<ChargeSource>[1],
): Promise<ComingCharge[] | null> {
  const told = await Promise.all(sources.map((source) => source(lineIds, window)))
  const charges = told.filter((list) => list !== null)
  return charges.length === sources.length ? charges.flat() : null
}

function forecastOf(balance: BalanceRow, charges: readonly ComingCharge[], until: Date): LineForecast {
  const money = {
    posted: balance.posted_kopecks,
    reserved: balance.reserved_kopecks,
    debtLimit: balance.debt_limit_kopecks,
    promised: balance.promised_kopecks,
  }
  const coming = charges.filter(({ dueAt }) => dueAt < until)
  return forecast({ asOf: balance.as_of, until, spendable: spendable(money) }, coming)
}

function laterBy(moment: Date, days: number): Date {
  return new Date(moment.getTime() + days * DAY_MS)
}
