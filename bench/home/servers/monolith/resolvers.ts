import { nextCharge } from '../charge.ts'
import { money } from '../money.ts'
import type { MonolithContext } from './context.ts'
import type { AccountRow, BalanceRow, ExpiringPointsRow, LineRow, OptionRow, TariffRow } from './rows.ts'

const FIRST_ID = '00000000-0000-0000-0000-000000000000'

interface PageArguments {
  readonly first: number
  readonly after?: string | null
}

/** For any GraphQL server that takes resolvers by type and field. */
export const resolvers = {
  Query: {
    viewer: (_: unknown, _arguments: unknown, { accounts, accountId }: MonolithContext) => accounts.load(accountId),
  },
  Account: {
    async lines(_: AccountRow, { first, after }: PageArguments, { pageOfLineIds, lines }: MonolithContext) {
      const afterId = after ? Buffer.from(after, 'base64url').toString() : FIRST_ID
      const ids = await pageOfLineIds(first + 1, afterId)
      const rows = await Promise.all(ids.slice(0, first).map((id) => lines.load(id)))
      const nodes = rows.filter((row) => row !== null)
      const last = nodes.at(-1)
      return {
        nodes,
        pageInfo: {
          hasNextPage: ids.length > first,
          endCursor: last ? Buffer.from(last.id).toString('base64url') : null,
        },
      }
    },
  },
  Line: {
    balance: ({ id }: LineRow, _: unknown, { balances }: MonolithContext) => balances.load(id),
    tariff: ({ id }: LineRow, _: unknown, { tariffs }: MonolithContext) => tariffs.load(id),
    bonuses: ({ id }: LineRow, _: unknown, { balances }: MonolithContext) => balances.load(id),
    activeOptions: ({ id }: LineRow, _: unknown, { options }: MonolithContext) => options.load(id),
  },
  Balance: {
    available: ({ available }: BalanceRow) => money(available),
    reserved: ({ reserved }: BalanceRow) => money(reserved),
    asOf: (_: BalanceRow, _arguments: unknown, { now }: MonolithContext) => now.toISOString(),
  },
  LineTariff: {
    monthlyFee: ({ fee }: TariffRow) => money(fee),
    nextChargeAt: ({ activated_on, fee }: TariffRow, _: unknown, { now }: MonolithContext) =>
      nextCharge(activated_on, 'MONTH', fee, now),
  },
  Bonuses: {
    points: ({ points }: BalanceRow) => Number(points),
    expiringNext: ({ line_id }: BalanceRow, _: unknown, { expiringPoints }: MonolithContext) =>
      expiringPoints.load(line_id),
  },
  ExpiringPoints: {
    points: ({ points }: ExpiringPointsRow) => Number(points),
    expiresAt: ({ expires_at }: ExpiringPointsRow) => expires_at.toISOString(),
  },
  ActiveOption: {
    fee: ({ fee }: OptionRow) => money(fee),
    nextChargeAt: ({ activated_on, period, fee }: OptionRow, _: unknown, { now }: MonolithContext) =>
      nextCharge(activated_on, period, fee, now),
  },
}
