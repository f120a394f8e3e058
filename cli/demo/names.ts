import type { Random } from './random.ts'

const WOMEN = [
  'Анна',
  'Мария',
  'Елена',
  'Ольга',
  'Наталья',
  'Екатерина',
  'Татьяна',
  'Ирина',
  'Алия',
  'Светлана',
] as const
const MEN = ['Александр', 'Дмитрий', 'Сергей', 'Андрей', 'Иван', 'Михаил', 'Тимур', 'Павел', 'Николай', 'Егор'] as const
/** Each with the ending of a woman's surname, where it has one of its own. */
const SURNAMES = [
  'Иванов',
  'Смирнов',
  'Кузнецов',
  'Попов',
  'Соколов',
  'Лебедев',
  'Козлов',
  'Новиков',
  'Морозов',
  'Волков',
  'Соловьёв',
  'Васильев',
  'Зайцев',
  'Павлов',
  'Ахметов',
  'Семёнов',
  'Голубев',
  'Виноградов',
  'Богданов',
  'Воробьёв',
] as const
const ENGLISH = ['Alice Brown', 'James Smith', 'Olivia Jones', 'Tom Taylor', 'Emma Wilson', 'Peter Clark'] as const

export interface DemoName {
  readonly name: string
  readonly language: 'ru' | 'en'
}

/** A person's name: one in fifteen has chosen English. */
export function demoName(random: Random): DemoName {
  if (random.chance(1 / 15)) return { name: random.pick(ENGLISH), language: 'en' }
  const surname = random.pick(SURNAMES)
  return random.chance(0.5)
    ? { name: `${random.pick(WOMEN)} ${surname}а`, language: 'ru' }
    : { name: `${random.pick(MEN)} ${surname}`, language: 'ru' }
}

const COMPANY_NAMES = [
  'ООО «Тёплый дом»',
  'ООО «Пекарня на углу»',
  'АО «Речной порт»',
  'ООО «Аптека 24»',
  'ИП Ахметов Т. Р.',
  'ООО «Быстрая доставка»',
  'ООО «Зелёный сад»',
  'АО «Северные линии»',
] as const

export function demoCompanyName(index: number): string {
  return COMPANY_NAMES[index % COMPANY_NAMES.length] ?? COMPANY_NAMES[0]
}
