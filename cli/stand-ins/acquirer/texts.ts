export type PageLanguage = 'ru' | 'en'

export interface PageTexts {
  readonly language: PageLanguage
  readonly other: { readonly language: PageLanguage; readonly name: string }
  readonly title: string
  readonly toPay: string
  readonly standIn: string
  readonly cardNumber: string
  readonly expiry: string
  readonly securityCode: string
  readonly willBeSaved: string
  readonly outcome: string
  readonly outcomes: Readonly<Record<Outcome, string>>
  readonly pay: string
  readonly wrongCard: string
  readonly code: string
  readonly codeIs: string
  readonly wrongCode: string
  readonly confirm: string
  readonly cancel: string
  readonly isOver: string
  readonly back: string
  readonly silence: string
}

/** What somebody can choose to happen to their payment. */
export const OUTCOMES = [
  '3-d-secure',
  'success',
  'insufficient_funds',
  'card_expired',
  'general_decline',
  'slow',
  'silent',
] as const
export type Outcome = (typeof OUTCOMES)[number]

export const DECLINES: readonly Outcome[] = ['insufficient_funds', 'card_expired', 'general_decline']

/** Of a page that opens in the language of the one who looks. */
export const TEXTS: Readonly<Record<PageLanguage, PageTexts>> = {
  ru: {
    language: 'ru',
    other: { language: 'en', name: 'English' },
    title: 'Оплата картой',
    toPay: 'К оплате',
    standIn: 'Это не настоящий банк: деньги ни у кого не спишутся. Введите номер вымышленной карты.',
    cardNumber: 'Номер карты',
    expiry: 'Срок действия, ММ/ГГ',
    securityCode: 'Код на обороте',
    willBeSaved: 'Карта будет сохранена для следующих платежей.',
    outcome: 'Чем это кончится',
    outcomes: {
      '3-d-secure': 'Банк спросит код (3-D Secure)',
      success: 'Деньги спишутся сразу',
      insufficient_funds: 'Отказ: на карте мало денег',
      card_expired: 'Отказ: карта просрочена',
      general_decline: 'Отказ без объяснений',
      slow: 'Деньги спишутся не сразу',
      silent: 'Деньги спишутся, но об этом никто не скажет',
    },
    pay: 'Заплатить',
    wrongCard: 'Такой карты не бывает. Проверьте номер, срок и код.',
    code: 'Код из SMS банка',
    codeIs: 'Банк прислал бы код',
    wrongCode: 'Код не тот.',
    confirm: 'Подтвердить',
    cancel: 'Отказаться',
    isOver: 'Этот платёж уже завершён.',
    back: 'Вернуться в кабинет',
    silence: 'Банк не отвечает. Закройте страницу.',
  },
  en: {
    language: 'en',
    other: { language: 'ru', name: 'Русский' },
    title: 'Payment by card',
    toPay: 'To pay',
    standIn: 'This is no real bank: nobody is charged. Type the number of a card that does not exist.',
    cardNumber: 'Card number',
    expiry: 'Good until, MM/YY',
    securityCode: 'Code on the back',
    willBeSaved: 'The card will be saved for later payments.',
    outcome: 'How this ends',
    outcomes: {
      '3-d-secure': 'The bank asks for a code (3-D Secure)',
      success: 'The money is taken at once',
      insufficient_funds: 'Declined: too little on the card',
      card_expired: 'Declined: the card is expired',
      general_decline: 'Declined without a word',
      slow: 'The money is taken after a while',
      silent: 'The money is taken, but nobody says so',
    },
    pay: 'Pay',
    wrongCard: 'There is no such card. Look at the number, the date and the code again.',
    code: 'Code from the bank’s message',
    codeIs: 'The bank would have sent the code',
    wrongCode: 'That is not the code.',
    confirm: 'Confirm',
    cancel: 'Give up',
    isOver: 'This payment is over.',
    back: 'Back to the cabinet',
    silence: 'The bank does not answer. Close this page.',
  },
}
