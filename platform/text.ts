/**
 * Whether a text of others can be kept and looked for, and has not too many characters, as people and PostgreSQL count
 * them: it has no text with a zero character.
 */
export function isStorable(text: string, lengthMax: number): boolean {
  // A character takes two places at most, so that an endless text is not taken apart.
  return text.length <= 2 * lengthMax && [...text].length <= lengthMax && !text.includes('\0')
}
