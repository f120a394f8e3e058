import { badUserInput, balanceUnderReview, unavailable } from '../../../platform/errors.ts'
import { unreachable } from '../../../platform/invariant.ts'
import { toMoney } from '../../../platform/money.ts'
import type { ComingChargeResolvers, ForecastResolvers, LineResolvers } from '../generated/resolvers.ts'
import { summaryOf } from '../statement/summaries.ts'

/** What will become of a line's money. */
export const forecast: NonNullable<LineResolvers['forecast']> = async (
  { id },
  { days },
  { grant, policies, forecasts },
) => {
  const { 'forecast.daysMax': daysMax } = await policies.current()
  if (days < 1 || days > daysMax) throw badUserInput(`\`days\` is from 1 to ${daysMax}, not ${days}.`)
  const outcome = await forecasts.load({ lineId: id, ...grant, days })
  switch (outcome?.kind) {
    case undefined:
      return null
    case 'forecast':
      return outcome.forecast
    case 'underReview':
      throw balanceUnderReview()
    case 'unavailable':
      throw unavailable()
    default:
      return unreachable(outcome)
  }
}

export const forecastOfLine: ForecastResolvers = {
  spendable: ({ spendable }, _, { currencyCode }) => toMoney(spendable, currencyCode),
  shortfall: ({ shortfall }, _, { currencyCode }) => toMoney(shortfall, currencyCode),
}

export const comingCharge: ComingChargeResolvers = {
  summary: ({ kind, name }, _, { viewer }) => summaryOf(kind, name, viewer.language),
  amount: ({ amount }, _, { currencyCode }) => toMoney(amount, currencyCode),
  spendableAfter: ({ spendableAfter }, _, { currencyCode }) => toMoney(spendableAfter, currencyCode),
}
