import { badUserInput } from '../../../platform/errors.ts'
import { toMoney } from '../../../platform/money.ts'
import type { LineResolvers, PastBalanceResolvers } from '../generated/resolvers.ts'
import { reviewed } from './reviewed.ts'

/** The money of a line as it was. */
export const balanceAt: NonNullable<LineResolvers['balanceAt']> = async (
  { id },
  { at },
  { clock, grant, pastBalances },
) => {
  if (at > clock.now()) throw badUserInput('`at` is not in the future. `forecast` tells what is to come.')
  const row = reviewed(await pastBalances.load({ lineId: id, ...grant, at }))
  const posted = row?.posted_kopecks ?? null
  return row && posted !== null ? { ...row, posted_kopecks: posted } : null
}

export const pastBalance: PastBalanceResolvers = {
  posted: ({ posted_kopecks }, _, { currencyCode }) => toMoney(posted_kopecks, currencyCode),
  asOf: ({ as_of }) => as_of,
}
