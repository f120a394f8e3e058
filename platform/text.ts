/** Whether a text of others can be kept and looked for, and is not too long: PostgreSQL has no text with a zero character. */
export function isStorable(text: string, lengthMax: number): boolean {
  return text.length <= lengthMax && !text.includes('\0')
}
