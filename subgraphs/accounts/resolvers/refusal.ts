import type { Language, Translated } from '../../../platform/languages.ts'

const MESSAGES = {
  NoticeNotFoundError: {
    ru: 'Таких уведомлений нет. Обновите список.',
    en: 'There are no such notices. Refresh the list.',
  },
  SecurityNoticesRequiredError: {
    ru: 'Уведомления о безопасности не отключаются: по ним вы узнаете о чужом входе.',
    en: 'Notices of security cannot be switched off: they tell you when somebody else gets in.',
  },
  SettingsNotPermittedError: {
    ru: 'Настройки организации меняют её владелец и администраторы. Обратитесь к ним.',
    en: 'The owner and the administrators decide an organization’s settings. Ask one of them.',
  },
} satisfies Record<string, Translated>

/** An expected refusal as the schema shows it, in the viewer's language. `path` is from `input`. */
export function refusal<Name extends keyof typeof MESSAGES>(
  name: Name,
  language: Language,
  path: readonly string[],
): { __typename: Name; message: string; path: string[] } {
  return { __typename: name, message: MESSAGES[name][language], path: [...path] }
}
