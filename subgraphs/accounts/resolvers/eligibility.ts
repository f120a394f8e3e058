import type { Language, Translated } from '../../../platform/languages.ts'
import { refusal } from './refusal.ts'

/** A rule that stands in the way, as the code found it. */
export type Obstacle =
  | { readonly code: 'NOT_OWN_ACCOUNT' }
  | { readonly code: 'ORGANIZATION_NUMBER' }
  | { readonly code: 'SIM_CHANGED'; readonly until: Date }

interface ObstacleTexts {
  readonly message: Translated
  readonly remedy: Translated
}

const OBSTACLES: Readonly<Record<Obstacle['code'], ObstacleTexts>> = {
  NOT_OWN_ACCOUNT: {
    message: {
      ru: 'Вы действуете в кабинете организации, а способы входа принадлежат человеку.',
      en: 'You act in an organization’s cabinet, and ways of signing in belong to a person.',
    },
    remedy: { ru: 'Перейдите в собственный кабинет.', en: 'Change to your own cabinet.' },
  },
  ORGANIZATION_NUMBER: {
    message: {
      ru: 'Номер принадлежит организации: по нему одному в её кабинет не войти.',
      en: 'The number belongs to an organization: it alone does not open its cabinet.',
    },
    remedy: {
      ru: 'Войдите в собственный кабинет и перейдите из него в кабинет организации.',
      en: 'Sign in to your own cabinet, and change to the organization’s from there.',
    },
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
