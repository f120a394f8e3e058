import smpp from 'smpp'
import { describe, expect, it } from 'vitest'
import { GSM_CODING, splitText, UCS2_CODING } from './text-parts.ts'

function decode(text: string, reference = 7): { readonly lengths: number[]; readonly text: string } {
  const parts = splitText(text, reference)
  const bodies = parts.map(({ bytes, hasHeader }) => (hasHeader ? bytes.subarray(6) : bytes))
  const encoding = parts[0]?.dataCoding === GSM_CODING ? smpp.encodings.ASCII : smpp.encodings.UCS2
  return { lengths: parts.map(({ bytes }) => bytes.length), text: bodies.map((body) => encoding.decode(body)).join('') }
}

describe('the parts of a text', () => {
  it.each([
    ['160 GSM letters', 'a'.repeat(160), [160]],
    ['161 GSM letters', 'a'.repeat(161), [159, 14]],
    ['escaped signs, which count twice', '€'.repeat(80), [160]],
    ['escaped signs, not torn in two', `a${'€'.repeat(80)}`, [159, 14]],
    ['70 Russian letters', 'Ж'.repeat(70), [140]],
    ['71 Russian letters', 'Ж'.repeat(71), [140, 14]],
    ['signs of two halves, not torn in two', `Ж${'😀'.repeat(35)}`, [140, 14]],
  ])('are as long as a phone takes, and give the text again: %s', (_, text, lengths) => {
    const decoded = decode(text)
    expect(decoded.text).toBe(text)
    expect(decoded.lengths).toEqual(lengths)
  })

  it('are in GSM’s alphabet when they can be, else in UCS-2', () => {
    expect(splitText('Code 123456', 1)[0]?.dataCoding).toBe(GSM_CODING)
    expect(splitText('Код 123456', 1)[0]?.dataCoding).toBe(UCS2_CODING)
  })

  it('name the text that they are of, how many there are and which each is', () => {
    const headers = splitText('Ж'.repeat(150), 300).map(({ bytes }) => [...bytes.subarray(0, 6)])
    expect(headers).toEqual([
      [5, 0, 3, 44, 3, 1],
      [5, 0, 3, 44, 3, 2],
      [5, 0, 3, 44, 3, 3],
    ])
  })

  it('are not more than can be counted', () => {
    expect(() => splitText('a'.repeat(153 * 255 + 1), 1)).toThrow(RangeError)
  })
})
