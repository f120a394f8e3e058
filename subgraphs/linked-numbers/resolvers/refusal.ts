import type { Translated } from '../../../platform/languages.ts'
import { createRefusal } from '../../../platform/refusal.ts'

const MESSAGES = {
  LineNotFoundError: {
    ru: 'Такого номера нет или у вас нет на него прав. Обновите список номеров.',
    en: 'There is no such number, or you have no right to it. Refresh the list of numbers.',
  },
  InvalidPhoneNumberError: {
    ru: 'Не удалось разобрать телефон. Введите его как 916 123-45-67.',
    en: 'The telephone number cannot be read. Type it like 916 123-45-67.',
  },
  SubscriberNotFoundError: {
    ru: 'Этот телефон не принадлежит другому нашему абоненту. Проверьте цифры.',
    en: 'This telephone number is not another subscriber’s of ours. Check the digits.',
  },
  InvalidLineRightsError: {
    ru: 'Укажите хотя бы одно право, кроме владения, и срок в будущем.',
    en: 'Name at least one right other than ownership, and an end in the future.',
  },
  LineAccessNotFoundError: {
    ru: 'У этого кабинета нет прав на номер: отбирать нечего.',
    en: 'This account has no rights on the number: there is nothing to take back.',
  },
  OwnLineError: {
    ru: 'Номер принадлежит самому кабинету: права владельца не отвязываются.',
    en: 'The number belongs to the account itself: an owner’s rights cannot be unlinked.',
  },
} satisfies Record<string, Translated>

/** An expected refusal as the schema shows it, in the viewer's language. `path` is from `input`. */
export const refusal = createRefusal(MESSAGES)
