import { hash as hashElsewhere, verify as verifyElsewhere } from '@node-rs/argon2'
import { expect, it } from 'vitest'
import { systemRandomness } from '../../../../platform/random.ts'
import { createPasswordHasher, NOBODYS_HASH } from './password-hasher.ts'

const PASSWORD = 'three grey herons by the pond'
const hasher = createPasswordHasher(systemRandomness)
const parametersOf = (hash: string) => hash.split('$').slice(0, 4).join('$')

it('knows a password again, and no other', async () => {
  const hash = await hasher.hash(PASSWORD)
  expect(hash).not.toBe(await hasher.hash(PASSWORD))
  expect(await hasher.verify(PASSWORD, hash)).toBe(true)
  expect(await hasher.verify(`${PASSWORD} `, hash)).toBe(false)
  expect(await hasher.verify('', hash)).toBe(false)
})

it('agrees with another implementation on what a hash is', async () => {
  const hash = (await hasher.hash(PASSWORD)) ?? ''
  expect(await verifyElsewhere(hash, PASSWORD)).toBe(true)
  expect(await verifyElsewhere(hash, 'another')).toBe(false)
  const stronger = await hashElsewhere(PASSWORD, { memoryCost: 32_768, timeCost: 3, parallelism: 2, outputLen: 48 })
  expect(await hasher.verify(PASSWORD, stronger)).toBe(true)
  expect(await hasher.verify('another', stronger)).toBe(false)
})

it('takes the same letters for the same password, however they are encoded', async () => {
  const hash = await hasher.hash('Ångström by the pond')
  expect(await hasher.verify('A\u030angstro\u0308m by the pond', hash)).toBe(true)
})

it('works as long for nobody as for somebody, and lets nobody in', async () => {
  const parameters = '$argon2id$v=19$m=19456,t=2,p=1'
  const hash = await hasher.hash(PASSWORD)
  expect(parametersOf(hash ?? '')).toBe(parameters)
  expect(parametersOf(NOBODYS_HASH)).toBe(parameters)
  expect(NOBODYS_HASH.length).toBe(hash?.length)
  expect(await hasher.verify(PASSWORD, null)).toBe(false)
})

it('works on a few at a time, lets some wait, and turns the rest away', async () => {
  const small = createPasswordHasher(systemRandomness, { concurrentMax: 2, waitingMax: 3 })
  const hash = await small.hash(PASSWORD)
  const answers = await Promise.all(Array.from({ length: 50 }, () => small.verify(PASSWORD, hash)))
  expect(answers.filter((answer) => answer === true)).toHaveLength(5)
  expect(answers.filter((answer) => answer === null)).toHaveLength(45)
  // The places are free again, also after one that failed.
  await expect(small.verify(PASSWORD, 'no hash')).rejects.toThrow()
  expect(await Promise.all(Array.from({ length: 5 }, () => small.verify(PASSWORD, hash)))).not.toContain(null)
})
