import { badUserInput } from '../../../platform/errors.ts'
import { toMoney } from '../../../platform/money.ts'
import { intervalsOf } from '../actions/spending/intervals.ts'
import { type PeriodSums, spendingOf } from '../actions/spending/spending.ts'
import type { Context } from '../context.ts'
import type {
  KindTotalResolvers,
  LineResolvers,
  SpendingPeriodResolvers,
  SpendingResolvers,
} from '../generated/resolvers.ts'
import { reviewed } from './reviewed.ts'

const INTERVALS_MAX = 400
/** The database has no year 0, and no operator had customers before this day. */
const EARLIEST_DAY = '1970-01-01'

/** What a line has spent over some days. */
export const spending: NonNullable<LineResolvers['spending']> = async (
  { id },
  { from, to, by },
  { grant, spendings },
) => {
  if (from < EARLIEST_DAY || from > to) {
    throw badUserInput(`\`from\` is not before ${EARLIEST_DAY} and not after \`to\`.`)
  }
  const intervals = intervalsOf({ from, to }, by, INTERVALS_MAX)
  if (intervals === null) throw badUserInput(`A period has at most ${INTERVALS_MAX} intervals: ask for longer ones.`)
  const rows = reviewed(await spendings.load({ lineId: id, ...grant, from, to, by }))
  return rows && spendingOf({ from, to }, intervals, rows)
}

const sums = {
  received: ({ received }: PeriodSums, _: unknown, { currencyCode }: Context) => toMoney(received, currencyCode),
  spent: ({ spent }: PeriodSums, _: unknown, { currencyCode }: Context) => toMoney(spent, currencyCode),
}

export const spendingOfLine: SpendingResolvers = {
  ...sums,
  balanceBefore: ({ balanceBefore }, _, { currencyCode }) => toMoney(balanceBefore, currencyCode),
  balanceAfter: ({ balanceAfter }, _, { currencyCode }) => toMoney(balanceAfter, currencyCode),
}

export const spendingPeriod: SpendingPeriodResolvers = sums

export const kindTotal: KindTotalResolvers = {
  amount: ({ received, spent }, _, { currencyCode }) => toMoney(received - spent, currencyCode),
}
