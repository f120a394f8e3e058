import type { Language } from '../../../platform/languages.ts'
import { type Money, toMoney } from '../../../platform/money.ts'
import type { Context } from '../context.ts'
import type { OptionResolvers, TariffResolvers } from '../generated/resolvers.ts'

export const tariff: TariffResolvers = {
  name: (offering, _, { viewer }) => offeringName(offering, viewer.language),
  monthlyFee: (offering, _, context) => fee(offering, context),
}

export const option: OptionResolvers = {
  name: (offering, _, { viewer }) => offeringName(offering, viewer.language),
  fee: (offering, _, context) => fee(offering, context),
  category: ({ category }) => category ?? '',
}

/** The name in the viewer's language. */
export function offeringName(
  { name_ru, name_en }: { readonly name_ru: string; readonly name_en: string },
  language: Language,
): string {
  return language === 'ru' ? name_ru : name_en
}

/** What an offering costs a period. */
export function fee({ fee_kopecks }: { readonly fee_kopecks: bigint }, { currencyCode }: Context): Money {
  return toMoney(fee_kopecks, currencyCode)
}
