import { parseId } from '../../../platform/ids.ts'
import { nextChargeAt } from '../billing.ts'
import type { ActiveOptionResolvers, LineResolvers, LineTariffResolvers } from '../generated/resolvers.ts'
import { fee, offeringName } from './offering.ts'

export const line: LineResolvers = {
  __resolveReference: ({ id }) => {
    const lineId = parseId(id)
    return lineId === null ? null : { id: lineId }
  },
  tariff: ({ id }, _, { grant, lineTariffs }) => lineTariffs.load({ lineId: id, ...grant }),
  activeOptions: ({ id }, _, { grant, activeOptions }) => activeOptions.load({ lineId: id, ...grant }),
}

export const lineTariff: LineTariffResolvers = {
  name: (tariff, _, { viewer }) => offeringName(tariff, viewer.language),
  monthlyFee: (tariff, _, context) => fee(tariff, context),
  nextChargeAt: (tariff, _, { clock }) => nextChargeAt(tariff, clock.now()),
  isArchived: ({ is_archived }) => is_archived,
}

export const activeOption: ActiveOptionResolvers = {
  name: (option, _, { viewer }) => offeringName(option, viewer.language),
  fee: (option, _, context) => fee(option, context),
  nextChargeAt: (option, _, { clock }) => nextChargeAt(option, clock.now()),
}
