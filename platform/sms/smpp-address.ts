/** An address as SMPP names it: what kind of number it is, and by whose plan. */
export interface SmppAddress {
  readonly ton: number
  readonly npi: number
  readonly address: string
}

const INTERNATIONAL = { ton: 1, npi: 1 }
const SHORT_NUMBER = { ton: 3, npi: 0 }
const NAME = { ton: 5, npi: 0 }

/** From a number in E.164, a short number, or a name of up to eleven characters. */
export function addressOf(text: string): SmppAddress {
  if (text.startsWith('+')) return { ...INTERNATIONAL, address: text.slice(1) }
  return /^\d+$/.test(text) ? { ...SHORT_NUMBER, address: text } : { ...NAME, address: text }
}
