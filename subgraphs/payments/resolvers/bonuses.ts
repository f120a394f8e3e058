import type { BonusesResolvers } from '../generated/resolvers.ts'
import { readStatementPage } from './statement.ts'

export const bonuses: BonusesResolvers = {
  points: ({ points }) => Number(points),
  reserved: ({ reserved_points: reserved }) => Number(reserved),
  expiringNext: async ({ lineId, grant }, _, { expiringPoints }) => {
    const expiring = await expiringPoints.load({ lineId, ...grant })
    return expiring && { points: Number(expiring.points), expiresAt: expiring.expires_at }
  },
  entries: ({ lineId, grant }, page, context) => readStatementPage({ lineId, ...grant, unit: 'POINT' }, page, context),
  asOf: ({ as_of }) => as_of,
}
