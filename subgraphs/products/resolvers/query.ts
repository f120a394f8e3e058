import { badUserInput } from '../../../platform/errors.ts'
import { parseId } from '../../../platform/ids.ts'
import { toMoney } from '../../../platform/money.ts'
import type { ComingFeeResolvers, QueryResolvers } from '../generated/resolvers.ts'

const LINES_MAX = 1_000
const DAYS_MAX = 366
const DAY_MS = 86_400_000

export const query: QueryResolvers = {
  tariffs: (_, _arguments, { openOfferings }) => openOfferings.load('TARIFF'),
  options: (_, _arguments, { openOfferings }) => openOfferings.load('OPTION'),
  personalProductData: (_, { lineId, after }, { personalProductData }) => personalProductData(lineId, after ?? null),

  comingFees: (_, { lineIds, until }, { clock, comingFees }) => {
    if (lineIds.length > LINES_MAX) throw badUserInput(`\`lineIds\` are at most ${LINES_MAX}, not ${lineIds.length}.`)
    if (until.getTime() > clock.now().getTime() + DAYS_MAX * DAY_MS) {
      throw badUserInput(`\`until\` is at most ${DAYS_MAX} days away.`)
    }
    return comingFees(
      lineIds.map(parseId).filter((id) => id !== null),
      until,
    )
  },
}

export const comingFee: ComingFeeResolvers = {
  lineId: ({ line_id }) => line_id,
  nameRu: ({ name_ru }) => name_ru,
  nameEn: ({ name_en }) => name_en,
  fee: ({ fee_kopecks }, _, { currencyCode }) => toMoney(fee_kopecks, currencyCode),
}
