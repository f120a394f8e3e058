import type { Translated } from '../../platform/languages.ts'
import type { CurrencyCode } from '../../platform/money.ts'

interface DemoTariff {
  readonly code: string
  readonly name: Translated
  readonly fee: string
  /** Minutes, messages and gigabytes a month. */
  readonly minutes: number
  readonly messages: number
  readonly gigabytes: number
  readonly archived?: true
}

interface DemoOption {
  readonly code: string
  readonly name: Translated
  readonly category: 'INTERNET' | 'CALLS' | 'ROAMING' | 'SERVICE' | 'SECURITY' | 'TV' | 'CONTENT'
  readonly fee: string
  readonly period: 'ONCE' | 'DAY' | 'MONTH'
  readonly archived?: true
}

export const DEMO_TARIFFS = [
  {
    code: 'nachalo',
    name: { ru: 'Начало', en: 'Beginning' },
    fee: '290.00',
    minutes: 200,
    messages: 50,
    gigabytes: 5,
  },
  {
    code: 'svoi',
    name: { ru: 'Свои люди', en: 'Our folks' },
    fee: '450.00',
    minutes: 500,
    messages: 100,
    gigabytes: 20,
  },
  {
    code: 'bez-granits',
    name: { ru: 'Без границ', en: 'No borders' },
    fee: '690.00',
    minutes: 1_000,
    messages: 300,
    gigabytes: 40,
  },
  {
    code: 'vsyo-vklyucheno',
    name: { ru: 'Всё включено', en: 'All in' },
    fee: '990.00',
    minutes: 2_000,
    messages: 500,
    gigabytes: 100,
  },
  {
    code: 'detskiy',
    name: { ru: 'Детский', en: 'For children' },
    fee: '190.00',
    minutes: 100,
    messages: 100,
    gigabytes: 3,
  },
  {
    code: 'delovoy',
    name: { ru: 'Деловой', en: 'Business' },
    fee: '550.00',
    minutes: 1_500,
    messages: 200,
    gigabytes: 30,
  },
  {
    code: 'modem',
    name: { ru: 'Для модема', en: 'For a modem' },
    fee: '600.00',
    minutes: 0,
    messages: 0,
    gigabytes: 60,
  },
  {
    code: 'razgovornyy-2014',
    name: { ru: 'Разговорный 2014', en: 'Talker 2014' },
    fee: '150.00',
    minutes: 300,
    messages: 0,
    gigabytes: 0,
    archived: true,
  },
  {
    code: 'studencheskiy-2018',
    name: { ru: 'Студенческий 2018', en: 'Student 2018' },
    fee: '350.00',
    minutes: 400,
    messages: 1_000,
    gigabytes: 10,
    archived: true,
  },
  {
    code: 'nulevoy',
    name: { ru: 'Нулевой', en: 'Zero' },
    fee: '0.00',
    minutes: 0,
    messages: 0,
    gigabytes: 0,
    archived: true,
  },
] as const satisfies readonly DemoTariff[]

export const DEMO_OPTIONS = [
  option('internet-5', 'INTERNET', '120.00', 'MONTH', { ru: 'Интернет +5 ГБ', en: 'Internet +5 GB' }),
  option('internet-20', 'INTERNET', '300.00', 'MONTH', { ru: 'Интернет +20 ГБ', en: 'Internet +20 GB' }),
  option('noch', 'INTERNET', '60.00', 'MONTH', { ru: 'Ночной интернет', en: 'Night internet' }),
  option('sosednie-regiony', 'CALLS', '90.00', 'MONTH', { ru: 'Соседние регионы', en: 'Neighbouring regions' }),
  option('lyubimyy-nomer', 'CALLS', '45.00', 'MONTH', { ru: 'Любимый номер', en: 'Favourite number' }),
  option('anti-aon', 'SERVICE', '3.50', 'DAY', { ru: 'АнтиАОН', en: 'Hidden number' }),
  option('gudok', 'CONTENT', '2.90', 'DAY', { ru: 'Мелодия вместо гудка', en: 'Ringback melody' }),
  option('golosovaya-pochta', 'SERVICE', '2.30', 'DAY', { ru: 'Голосовая почта', en: 'Voicemail' }),
  option('zashchita', 'SECURITY', '79.00', 'MONTH', { ru: 'Защита от мошенников', en: 'Fraud protection' }),
  option('roditelskiy-kontrol', 'SECURITY', '50.00', 'MONTH', { ru: 'Родительский контроль', en: 'Parental control' }),
  option('tv-bazovyy', 'TV', '199.00', 'MONTH', { ru: 'ТВ: базовый', en: 'TV: basic' }),
  option('kino', 'CONTENT', '249.00', 'MONTH', { ru: 'Кино и сериалы', en: 'Films and series' }),
  option('upravlenie-nomerami', 'SERVICE', '0.00', 'MONTH', { ru: 'Управление номерами', en: 'Number management' }),
  { ...option('wap-bezlimit', 'INTERNET', '1.00', 'DAY', { ru: 'WAP-безлимит', en: 'Unlimited WAP' }), archived: true },
] satisfies readonly DemoOption[]

function option(
  code: string,
  category: DemoOption['category'],
  fee: string,
  ...[period, name]: [DemoOption['period'], Translated]
): DemoOption {
  return { code, name, category, fee, period }
}

/** `catalogue.json` of the demo. */
export function demoCatalogue(currency: CurrencyCode): object {
  return {
    currency,
    tariffs: (DEMO_TARIFFS as readonly DemoTariff[]).map(({ fee, minutes, messages, gigabytes, ...tariff }) => ({
      ...tariff,
      monthly_fee: fee,
      allowances: [
        { kind: 'VOICE', quantity: minutes, unit: 'MINUTE' },
        { kind: 'SMS', quantity: messages, unit: 'MESSAGE' },
        { kind: 'DATA', quantity: gigabytes * 1_024, unit: 'MEGABYTE' },
      ].filter(({ quantity }) => quantity > 0),
    })),
    options: DEMO_OPTIONS,
  }
}
