import type { Language, Translated } from '../../../platform/languages.ts'

const MESSAGES = {
  ConversationClosedError: {
    ru: 'Этот разговор завершён. Начните новый.',
    en: 'This conversation is over. Begin a new one.',
  },
  ConversationNotAnsweredError: {
    ru: 'Оценить можно, когда придёт ответ.',
    en: 'You can rate it when the answer has come.',
  },
  ConversationNotFoundError: {
    ru: 'Такого разговора нет. Обновите список.',
    en: 'There is no such conversation. Refresh the list.',
  },
  ConversationNotTakenError: {
    ru: 'Разговор не у вас. Возьмите его из очереди.',
    en: 'You do not have this conversation. Take it from the queue.',
  },
  ConversationNotWaitingError: {
    ru: 'В этом разговоре никто не ждёт ответа.',
    en: 'Nobody waits for an answer in this conversation.',
  },
  ConversationTakenError: {
    ru: 'Разговор уже взял коллега. Возьмите следующий.',
    en: 'A colleague has taken this conversation. Take the next.',
  },
  IdempotencyKeyReusedError: {
    ru: 'Этот ключ уже использован с другим содержимым. Создайте новый.',
    en: 'This key was used with another body. Make a new one.',
  },
  InvalidConversationTextError: {
    ru: 'Текст пуст или слишком длинный.',
    en: 'The text is empty or too long.',
  },
  InvalidIdempotencyKeyError: {
    ru: 'Ключ повтора должен быть длиной от 1 до 100 знаков.',
    en: 'The idempotency key must be 1 to 100 characters long.',
  },
  InvalidRatingError: {
    ru: 'Поставьте оценку от 1 до 5.',
    en: 'Give a rating from 1 to 5.',
  },
  RatingFinalError: {
    ru: 'Оценку уже нельзя изменить: прошло слишком много времени.',
    en: 'The rating cannot be changed any more: too much time has passed.',
  },
  TooManyQuestionsError: {
    ru: 'Слишком много вопросов подряд. Подождите немного.',
    en: 'Too many questions in a row. Wait a little.',
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
