import type DataLoader from 'dataloader'
import { createLineQuestionLoader } from '../../../platform/access/line-loader.ts'
import {
  type PastBalanceKey,
  type PastBalanceRow,
  pastBalanceKeyText,
  readPastBalances,
} from '../store/past-balances.ts'
import { type PaymentPageKey, paymentPageKeyText, readPaymentPages } from '../store/payment-pages.ts'
import type { PaymentView } from '../store/payment-views.ts'
import { readSpending, type SpendingKey, type SpendingRows, spendingKeyText } from '../store/spending.ts'
import { readStatementPages, type StatementKey, type StatementPage, statementKeyText } from '../store/statement.ts'
import type { ActionDependencies } from './actions.ts'
import { type ForecastKey, type ForecastOutcome, forecastKeyText, readForecasts } from './forecast/read-forecasts.ts'
import { chargeSources } from './forecast/sources.ts'

/**
 * What is told of lines' money beside what they have now, each for all lines of a moment in one statement. Null is a
 * line that is not there for its viewer.
 */
export interface Reading {
  readonly statementPages: DataLoader<StatementKey, StatementPage | null, string>
  readonly paymentPages: DataLoader<PaymentPageKey, readonly PaymentView[] | null, string>
  readonly spendings: DataLoader<SpendingKey, SpendingRows | null, string>
  readonly pastBalances: DataLoader<PastBalanceKey, PastBalanceRow | null, string>
  readonly forecasts: DataLoader<ForecastKey, ForecastOutcome | null, string>
}

export function createReading(
  dependencies: Pick<ActionDependencies, 'reader' | 'clock' | 'policies' | 'ask'>,
): Reading {
  const { reader, clock, policies } = dependencies
  const sources = chargeSources(dependencies)
  return {
    statementPages: createLineQuestionLoader((keys) => readStatementPages(reader, keys, clock.now()), statementKeyText),
    paymentPages: createLineQuestionLoader((keys) => readPaymentPages(reader, keys, clock.now()), paymentPageKeyText),
    spendings: createLineQuestionLoader(async (keys) => {
      const { 'operator.timeZone': timeZone } = await policies.current()
      return readSpending(reader, keys, { now: clock.now(), timeZone })
    }, spendingKeyText),
    pastBalances: createLineQuestionLoader((keys) => readPastBalances(reader, keys, clock.now()), pastBalanceKeyText),
    forecasts: createLineQuestionLoader((keys) => readForecasts({ reader, clock, sources }, keys), forecastKeyText),
  }
}
