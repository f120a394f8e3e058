import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { findWeaknesses } from './password-weaknesses.ts'

const LENGTH_MIN = 15
const weaknesses = (password: string) => findWeaknesses(password, LENGTH_MIN)

it.each([
  'three grey herons by the pond',
  'три серые цапли у пруда',
  'R7#kq!vZ0p-Lw9_Tx',
  'тихий-якорь-сорок-две-груши',
  'correct horse battery staple',
  'мой пароль не угадать никому',
  '                heron',
  'heron 🐦 by the 🌊 pond',
])('takes %s', (password) => {
  expect(weaknesses(password)).toEqual([])
})

it.each([
  ['heron by pond', ['TOO_SHORT']],
  ['', ['TOO_SHORT', 'REPETITIVE']],
  ['three grey herons '.repeat(8), ['TOO_LONG']],
  ['qwertyuiop12345', ['COMMON', 'SEQUENTIAL']],
  ['PasswordPassword', ['COMMON']],
  ['p@$$w0rdp@$$w0rd', ['COMMON']],
  ['gfhjkmgfhjkm123', ['COMMON']],
  ['парольпароль123', ['COMMON']],
  ['iloveyou password', ['COMMON']],
  ['!!!!natasha2024', ['COMMON']],
  ['+7 916 123-45-67 x', ['PHONE_NUMBER']],
  ['89161234567Anna', ['PHONE_NUMBER']],
  ['cabinet cabinet', ['COMMON']],
  ['9-Cabinet-x-207', ['SERVICE_NAME']],
  ['aaaaaaaaaaaaaaaaaa', ['REPETITIVE']],
  ['xy7xy7xy7xy7xy7xy7', ['REPETITIVE']],
  ['abcdefghijklmnop', ['SEQUENTIAL']],
  ['123456789012345', ['SEQUENTIAL']],
  ['йцукенгшщзхъфыва', ['SEQUENTIAL']],
])('finds what is wrong with %s', (password, expected) => {
  expect(weaknesses(password)).toEqual(expect.arrayContaining(expected))
})

it('takes the same letters for the same password, however they are encoded', () => {
  expect(weaknesses('ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ')).toContain('COMMON')
})

it('counts characters as people do: a pair of surrogates is one', () => {
  expect(weaknesses('🐦🌊🌱🍐🦔🐝🌰🍁'.slice(0, 16))).toContain('TOO_SHORT')
})

it('lets passwords pass that nobody chose: of a thousand random ones all', () => {
  const random = fc.string({ unit: 'grapheme-ascii', minLength: 20, maxLength: 60 })
  const varied = random.filter((text) => new Set(text.toLowerCase()).size > 8)
  fc.assert(
    fc.property(varied, (text) => weaknesses(text).length === 0),
    { numRuns: 1_000 },
  )
})

it('is quick with the longest input that a request can hold', () => {
  expect(weaknesses('пароль'.repeat(40_000))).toEqual(expect.arrayContaining(['TOO_LONG']))
})

it('knows thousands of passwords, each once, in small letters', () => {
  const lines = readFileSync(new URL('common-passwords.txt', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
  expect(lines.length).toBeGreaterThan(10_000)
  expect(new Set(lines).size).toBe(lines.length)
  expect(lines.filter((line) => line !== line.toLowerCase().normalize('NFKC') || line.trim() !== line)).toEqual([])
})
