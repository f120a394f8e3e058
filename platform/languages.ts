/** The languages of messages, names and notices. */
export const LANGUAGES = ['ru', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

/** A text in every language. */
export type Translated = Readonly<Record<Language, string>>

/** The language that an `Accept-Language` header asks for first, Russian when it asks for none of ours. */
export function preferredLanguage(acceptLanguage: string | undefined): Language {
  const wanted = (acceptLanguage ?? '').toLowerCase().match(/\b(ru|en)\b/)?.[1]
  return wanted === 'en' ? 'en' : 'ru'
}
