import type { Language } from '../../../../platform/languages.ts'

/** A text that people wrote, as it is kept; null when it is empty or too long. Lengths are in characters. */
export function readText(text: string, lengthMax: number): string | null {
  // The database keeps no zero characters, and nobody can see one.
  const kept = text.replaceAll('\0', '').trim()
  return kept === '' || [...kept].length > lengthMax ? null : kept
}

/** The language in which a text is written, by its letters; the other one where they do not tell. */
export function languageOf(text: string, otherwise: Language): Language {
  const cyrillic = text.match(/\p{Script=Cyrillic}/gu)?.length ?? 0
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0
  if (cyrillic === latin) return otherwise
  return cyrillic > latin ? 'ru' : 'en'
}
