import type { Language, Translated } from '../../../platform/languages.ts'
import { refusal } from './refusal.ts'

/** A rule that stands in the way, as the code found it. */
export type Obstacle =
  | { readonly code: 'LINE_BLOCKED' }
  | { readonly code: 'NOT_OWN_ACCOUNT' }
  | { readonly code: 'SIM_CHANGED'; readonly until: Date }

interface ObstacleTexts {
  readonly message: Translated
  readonly remedy: Translated
}

const OBSTACLES: Readonly<Record<Obstacle['code'], ObstacleTexts>> = {
  LINE_BLOCKED: {
    message: {
      ru: 'Номер заблокирован: сеть больше не подтверждает, что он у вас в руках.',
      en: 'The number is blocked: the network does not show any more that it is in your hands.',
    },
    remedy: {
      ru: 'Войдите через провайдера, которого привязали, или обратитесь в салон.',
      en: 'Sign in by a provider that you have attached, or come to a salon.',
    },
  },
  NOT_OWN_ACCOUNT: {
    message: {
      ru: 'Вы действуете в кабинете организации, а способы входа принадлежат человеку.',
      en: 'You act in an organization’s cabinet, and ways of signing in belong to a person.',
    },
    remedy: { ru: 'Перейдите в собственный кабинет.', en: 'Change to your own cabinet.' },
  },
  SIM_CHANGED: {
    message: {
      ru: 'SIM-карта недавно заменена, поэтому способы входа пока не меняются.',
      en: 'The SIM was changed recently, so ways of signing in stay as they are for a while.',
    },
    remedy: { ru: 'Подождите до', en: 'Wait until' },
  },
}

/** The refusal by rule, with every reason in the viewer's language. */
export function notEligible(obstacles: readonly Obstacle[], language: Language) {
  const reasons = obstacles.map((obstacle) => {
    const { message, remedy } = OBSTACLES[obstacle.code]
    const until = 'until' in obstacle ? ` ${obstacle.until.toISOString()}` : ''
    return { code: obstacle.code, message: message[language], remedy: `${remedy[language]}${until}` }
  })
  return { ...refusal('NotEligibleError', language, []), reasons }
}
