import type { QueryResolvers } from '../generated/resolvers.ts'

export const query: QueryResolvers = {
  tariffs: (_, _arguments, { openOfferings }) => openOfferings.load('TARIFF'),
  options: (_, _arguments, { openOfferings }) => openOfferings.load('OPTION'),
  personalProductData: (_, { lineId, after }, { personalProductData }) => personalProductData(lineId, after ?? null),
}
