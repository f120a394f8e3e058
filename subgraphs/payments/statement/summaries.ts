import type { Language, Translated } from '../../../platform/languages.ts'
import type { ComingChargeKind } from '../actions/forecast/charge-source.ts'
import type { LedgerKind } from '../ledger/kinds.ts'

/** What moves or will move money, for people: its kind, and the name of what it was for where it has one. */
export function summaryOf(kind: LedgerKind | ComingChargeKind, name: Translated | null, language: Language): string {
  const summary = SUMMARIES[kind][language]
  if (name === null) return summary
  return language === 'ru' ? `${summary}: «${name.ru}»` : `${summary}: ${name.en}`
}

const SUMMARIES: Readonly<Record<LedgerKind | ComingChargeKind, Translated>> = {
  OPENING_BALANCE: { ru: 'Остаток при открытии счёта', en: 'Balance when the account was opened' },
  TOP_UP: { ru: 'Пополнение', en: 'Top-up' },
  TRANSFER_OUT: { ru: 'Перевод другому абоненту', en: 'Transfer to another subscriber' },
  TRANSFER_IN: { ru: 'Перевод от другого абонента', en: 'Transfer from another subscriber' },
  TRANSFER_FEE: { ru: 'Плата за перевод', en: 'Fee for a transfer' },
  TRANSFER_RETURN: { ru: 'Перевод не дошёл и вернулся', en: 'A transfer that did not arrive has come back' },
  PROMISED_PAYMENT_FEE: { ru: 'Плата за обещанный платёж', en: 'Fee for a promised payment' },
  PROMISED_PAYMENT_DUE: { ru: 'Конец обещанного платежа', en: 'A promised payment ends' },
  SERVICE_CHARGE: { ru: 'Услуга', en: 'Service' },
  SUBSCRIPTION_FEE: { ru: 'Регулярная плата', en: 'Regular fee' },
  PURCHASE: { ru: 'Оплата покупки', en: 'Purchase' },
  PURCHASE_FEE: { ru: 'Плата за оплату', en: 'Fee for a purchase' },
  AUTO_PAYMENT: { ru: 'Автоплатёж', en: 'Automatic payment' },
  CARD_REFUND: { ru: 'Возврат на карту', en: 'Refund to the card' },
  COMPENSATION: { ru: 'Компенсация от оператора', en: 'Compensation from the operator' },
  BONUS_EARNED: { ru: 'Баллы начислены', en: 'Points earned' },
  BONUS_SPENT: { ru: 'Баллы потрачены', en: 'Points spent' },
  BONUS_EXPIRED: { ru: 'Баллы сгорели', en: 'Points expired' },
  BONUS_GIVEN: { ru: 'Баллы подарены', en: 'Points given away' },
  BONUS_RECEIVED: { ru: 'Баллы получены в подарок', en: 'Points received as a gift' },
  CORRECTION: { ru: 'Исправление ошибки оператора', en: 'A mistake of the operator put right' },
}
