import { expect, it } from 'vitest'
import { readDeviceName } from './device-name.ts'

it.each([
  ['in one line without what cannot be seen', ' Anna’s\n\u0000\u200b telephone ', 'Anna’s telephone'],
  ['cut to a hundred characters', 'x'.repeat(101), 'x'.repeat(100)],
  ['cut between characters, not within one', '📱'.repeat(101), '📱'.repeat(100)],
  ['without a space where it was cut', `${'x'.repeat(99)} y`, 'x'.repeat(99)],
  ['without half of a character that came so', 'Pixel \ud83d', 'Pixel'],
])('a device’s name is kept %s', (_, text, name) => {
  expect(readDeviceName(text)).toBe(name)
})

it.each(['', ' \n\t', '\u0000\u200b', null, undefined])('is none when nothing is left of it: %j', (text) => {
  expect(readDeviceName(text)).toBeNull()
})
