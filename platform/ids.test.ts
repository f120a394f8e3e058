import { describe, expect, it } from 'vitest'
import { createNewId, parseId } from './ids.ts'

describe('a new id', () => {
  it('sorts after those made before it, within a millisecond too', () => {
    const newId = createNewId({ now: () => new Date('2026-11-22T10:00:00Z') })
    const ids = Array.from({ length: 5_000 }, newId)
    expect(ids).toEqual([...new Set(ids)].sort())
  })

  it('is another in another process, at the same moment', () => {
    const clock = { now: () => new Date('2026-11-22T10:00:00Z') }
    expect(createNewId(clock)()).not.toBe(createNewId(clock)())
  })
})

describe('an id as a client sent it', () => {
  it('is read in either case', () => {
    expect(parseId('01A202B2-C500-71C7-8EB9-5FBC6C3D6299')).toBe('01a202b2-c500-71c7-8eb9-5fbc6c3d6299')
  })

  it.each(['', '1', 'not-an-id', '01a202b2-c500-71c7-8eb9-5fbc6c3d6299 ', "'; drop table line; --"])(
    'names nothing when it is %j',
    (text) => expect(parseId(text)).toBeNull(),
  )
})
