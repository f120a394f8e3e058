import { expect, it } from 'vitest'
import { lintSdl } from './lint-sdl.ts'

const REFUSAL = 'Describe in English, leave an empty line, then describe in Russian.'

const describedAs = (description: string) => `"""\n${description}\n"""\ntype Query { line: String }`

it('takes a paragraph of English and then one of Russian', () => {
  expect(lintSdl('two-languages', describedAs('A line.\n\nНомер (`msisdn`).'))).toEqual([])
})

it.each([
  ['English alone', 'A line.'],
  ['Russian first', 'Номер.\n\nA line.'],
  ['no empty line between', 'A line.\nНомер.'],
  ['a third paragraph', 'A line.\n\nНомер.\n\nMore.'],
])('refuses %s', (_, description) => {
  expect(lintSdl('two-languages', describedAs(description))).toEqual([REFUSAL])
})
