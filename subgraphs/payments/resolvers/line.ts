import { parseId } from '../../../platform/ids.ts'
import type { LineResolvers } from '../generated/resolvers.ts'
import { forecast } from './forecast.ts'
import { balanceAt } from './past-balance.ts'
import { payments } from './payments.ts'
import { linePromises } from './promised-payments.ts'
import { reviewed } from './reviewed.ts'
import { spending } from './spending.ts'
import { ledgerEntries } from './statement.ts'

export const line: LineResolvers = {
  __resolveReference: ({ id }) => {
    const lineId = parseId(id)
    return lineId === null ? null : { id: lineId }
  },
  balance: async ({ id, balance }, _, { grant, balances }) =>
    reviewed(balance ?? (await balances.load({ lineId: id, ...grant }))),
  ...linePromises,
  bonuses: async ({ id }, _, { grant, balances }) => {
    const balance = reviewed(await balances.load({ lineId: id, ...grant }))
    return balance && { ...balance, lineId: id, grant }
  },
  ledgerEntries,
  payments,
  spending,
  balanceAt,
  forecast,
  autoPayments: ({ id }, _, { grant, autoPayments }) => autoPayments.load({ lineId: id, ...grant }),
  spendCap: ({ id }, _, { grant, spendCaps }) => spendCaps.load({ lineId: id, ...grant }),
  liveBalance: ({ id }, _, { grant, liveBalances }) => liveBalances.load({ lineId: id, ...grant }),
}
