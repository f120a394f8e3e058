import { isCommonPassword } from './common-passwords.ts'
import { normalize } from './password-hasher.ts'

/** Why a password is guessed too easily. */
export type PasswordWeakness =
  | 'TOO_SHORT'
  | 'TOO_LONG'
  | 'COMMON'
  | 'PHONE_NUMBER'
  | 'SERVICE_NAME'
  | 'REPETITIVE'
  | 'SEQUENTIAL'

export const PASSWORD_LENGTH_MAX = 128
/** What must be left of a password without the part that is easily guessed. */
const REST_LENGTH_MIN = 10

/** Everything that is wrong with a password; nothing when it will do. What it is made of is its owner's affair. */
export function findWeaknesses(password: string, lengthMin: number): PasswordWeakness[] {
  const text = normalize(password)
  const length = [...text].length
  const plain = text.toLowerCase()
  const checks: Readonly<Record<PasswordWeakness, boolean>> = {
    TOO_SHORT: length < lengthMin,
    TOO_LONG: length > PASSWORD_LENGTH_MAX,
    COMMON: isCommon(plain) || isCommon(plain.replaceAll(/[\s._-]/g, '')) || isCommon(unmasked(plain)),
    PHONE_NUMBER: isMostly(plain.replaceAll(/[\s()-]/g, ''), /(\+?7|8)?9\d{9}/),
    SERVICE_NAME: isMostly(plain, /cabinet|kabinet|кабинет|rf,bytn/),
    REPETITIVE: new Set(plain).size < DISTINCT_MIN || hasShortPeriod(plain),
    SEQUENTIAL: isSequential(plain),
  }
  return (Object.keys(checks) as PasswordWeakness[]).filter((weakness) => checks[weakness])
}

/** A common password, two of them in a row, or one with a little hung on it. */
function isCommon(text: string): boolean {
  if (isCommonPassword(text)) return true
  for (let cut = 1; cut < text.length && text.length <= PASSWORD_LENGTH_MAX; cut++) {
    if (isCommonPassword(text.slice(0, cut)) && isCommonPassword(text.slice(cut))) return true
  }
  const word = text.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  return text.length - word.length < REST_LENGTH_MIN && isCommonPassword(word)
}

const MASKS: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
}

/** `p@$$w0rd` is no other word. */
function unmasked(text: string): string {
  return [...text].map((character) => MASKS[character] ?? character).join('')
}

function isMostly(text: string, known: RegExp): boolean {
  const found = known.exec(text)
  return found !== null && text.length - found[0].length < REST_LENGTH_MIN
}

const DISTINCT_MIN = 5

/** A few characters again and again. */
function hasShortPeriod(text: string): boolean {
  for (let period = 1; period < REST_LENGTH_MIN && period < text.length; period++) {
    if ([...text].every((_, index) => index < period || text[index] === text[index - period])) return true
  }
  return false
}

const KEYBOARD_ROWS = [
  '1234567890',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  'йцукенгшщзхъ',
  'фывапролджэ',
  'ячсмитьбю',
] as const
const SEQUENTIAL_SHARE = 0.75

/** Mostly neighbours: of the alphabet, of the digits, or on the keyboard. */
function isSequential(text: string): boolean {
  let neighbours = 0
  for (let index = 1; index < text.length; index++) {
    if (areNeighbours(text.charAt(index - 1), text.charAt(index))) neighbours++
  }
  return text.length > 1 && neighbours / (text.length - 1) >= SEQUENTIAL_SHARE
}

function areNeighbours(one: string, other: string): boolean {
  if (Math.abs(one.charCodeAt(0) - other.charCodeAt(0)) === 1) return true
  return KEYBOARD_ROWS.some((row) => row.includes(`${one}${other}`) || row.includes(`${other}${one}`))
}
