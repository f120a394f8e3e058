import type { Language, Translated } from './languages.ts'

/**
 * Shows expected refusals as the schema has them, by their names, each with its text in the viewer's language. `path` is
 * from `input`.
 */
export function createRefusal<Names extends string>(messages: Readonly<Record<Names, Translated>>) {
  return <Name extends Names>(
    name: Name,
    language: Language,
    path: readonly string[],
  ): { __typename: Name; message: string; path: string[] } => {
    return { __typename: name, message: messages[name][language], path: [...path] }
  }
}
