import type { Resolvers } from '../generated/resolvers.ts'
import { activeOption, line, lineTariff } from './line.ts'
import { option, tariff } from './offering.ts'
import { comingFee, query } from './query.ts'

export const resolvers = {
  Query: query,
  Tariff: tariff,
  Option: option,
  Line: line,
  LineTariff: lineTariff,
  ActiveOption: activeOption,
  ComingFee: comingFee,
} satisfies Resolvers
