import type { BonusesResolvers } from '../generated/resolvers.ts'

export const bonuses: BonusesResolvers = {
  points: ({ points }) => Number(points),
  reserved: ({ reserved_points: reserved }) => Number(reserved),
  expiringNext: async ({ lineId, grant }, _, { expiringPoints }) => {
    const expiring = await expiringPoints.load({ lineId, ...grant })
    return expiring && { points: Number(expiring.points), expiresAt: expiring.expires_at }
  },
  asOf: ({ as_of }) => as_of,
}
