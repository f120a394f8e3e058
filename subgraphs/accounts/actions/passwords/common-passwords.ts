import { readFileSync } from 'node:fs'

/** What everybody tries first, one a line, in small letters; Russian words also as the Latin keyboard has them. */
const COMMON = new Set(
  readFileSync(new URL('common-passwords.txt', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== ''),
)

export function isCommonPassword(text: string): boolean {
  return COMMON.has(text)
}
