import type { Language, Translated } from '../../../platform/languages.ts'
import { refusal } from './refusal.ts'

/** A rule that failed, in both languages, with what would mend it. */
export interface Reason {
  /** Its stable name: `NOT_ENOUGH_MONEY`. */
  readonly code: string
  readonly message: Translated
  /** Null when nothing but waiting helps. */
  readonly remedy: Translated | null
}

/** The refusal by rule, with every reason in the viewer's language. */
export function notEligible(reasons: readonly Reason[], language: Language, path: readonly string[] = []) {
  return {
    ...refusal('NotEligibleError', language, path),
    reasons: reasons.map(({ code, message, remedy }) => ({
      code,
      message: message[language],
      remedy: remedy?.[language] ?? null,
    })),
  }
}
