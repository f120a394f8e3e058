import smpp from 'smpp'

/** One short message of those that a text goes in. */
export interface TextPart {
  readonly dataCoding: number
  readonly hasHeader: boolean
  /** The header that says which part it is, where there are several, then the characters. */
  readonly bytes: Buffer
}

export const GSM_CODING = 0
export const UCS2_CODING = 8

/** How many units of an alphabet a short message holds: alone, and beside the header of a part. */
const GSM_UNITS = { alone: 160, part: 153 }
const UCS2_UNITS = { alone: 70, part: 67 }
const PARTS_MAX = 255

/**
 * Encodes a text: in GSM's own alphabet when it can be, else in UCS-2. What does not fit into one message goes in
 * parts that the phone puts together by `reference`. Throws when there would be more parts than can be counted.
 */
export function splitText(text: string, reference: number): TextPart[] {
  const isGsm = smpp.encodings.ASCII.match(text)
  const encoding = isGsm ? smpp.encodings.ASCII : smpp.encodings.UCS2
  const dataCoding = isGsm ? GSM_CODING : UCS2_CODING
  const limits = isGsm ? GSM_UNITS : UCS2_UNITS
  const characters = [...text].map((character) => encoding.encode(character))
  const bytesOf = (units: number) => (isGsm ? units : units * 2)

  const whole = Buffer.concat(characters)
  if (whole.length <= bytesOf(limits.alone)) return [{ dataCoding, hasHeader: false, bytes: whole }]
  const bodies = fill(characters, bytesOf(limits.part))
  if (bodies.length > PARTS_MAX) throw new RangeError(`a text of ${bodies.length} parts cannot be sent`)
  return bodies.map((body, index) => ({
    dataCoding,
    hasHeader: true,
    bytes: Buffer.concat([partHeader(reference, bodies.length, index + 1), body]),
  }))
}

/** Whole characters only: an escaped one, and one of two UTF-16 halves, is not torn in two. */
function fill(characters: readonly Buffer[], bytesMax: number): Buffer[] {
  const bodies: Buffer[][] = [[]]
  let length = 0
  for (const character of characters) {
    if (length + character.length > bytesMax) {
      bodies.push([])
      length = 0
    }
    bodies.at(-1)?.push(character)
    length += character.length
  }
  return bodies.map((body) => Buffer.concat(body))
}

const CONCATENATION = 0x00

function partHeader(reference: number, total: number, number: number): Buffer {
  return Buffer.from([5, CONCATENATION, 3, reference & 0xff, total, number])
}
