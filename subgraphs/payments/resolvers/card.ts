import type { CardResolvers } from '../generated/resolvers.ts'

export const card: CardResolvers = {
  expiryYear: ({ expiry_year }) => expiry_year,
  expiryMonth: ({ expiry_month }) => expiry_month,
  savedAt: ({ saved_at }) => saved_at,
}
