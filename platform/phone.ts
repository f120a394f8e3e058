import { parsePhoneNumberFromString } from 'libphonenumber-js'

/** A telephone number in E.164: a plus and digits. */
export type E164 = string & { readonly brand: 'E164' }

/** Reads a number as people type it (`89161234567`, `+7 916 123-45-67`, `9161234567`); null when it is none. */
export function parsePhone(text: string): E164 | null {
  if (text.length > PHONE_TEXT_LENGTH_MAX) return null
  const phone = parsePhoneNumberFromString(text, { defaultCountry: 'RU', extract: false })
  return phone?.isPossible() && phone.ext === undefined ? (phone.number as string as E164) : null
}

/** Reads a number that must be in E.164 already, as in files of other systems; null when it is not. */
export function parseE164(text: string): E164 | null {
  return /^\+[1-9]\d{6,14}$/.test(text) ? (text as E164) : null
}

/** The number as people read it: `+7 916 123 45 67`. */
export function formatPhone(phone: E164): string {
  return parsePhoneNumberFromString(phone)?.formatInternational() ?? phone
}

/** The number as others may see it: enough to know whose it is for whoever knows it, `+7 916 *** ** 67`. */
export function maskPhone(phone: E164): string {
  const shown = formatPhone(phone)
  const digitCount = shown.replace(/\D/g, '').length
  let place = 0
  return shown.replace(/\d/g, (digit) => {
    place++
    return place <= SHOWN_FIRST || place > digitCount - SHOWN_LAST ? digit : '*'
  })
}

const SHOWN_FIRST = 4
const SHOWN_LAST = 2

const PHONE_TEXT_LENGTH_MAX = 40
