import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { prepareStatement } from './prepared-statement.ts'

describe('a prepared statement', () => {
  it('has its text built once, with a parameter for each place a value stands in', () => {
    const statement = prepareStatement<
      { readonly ids: readonly string[]; readonly now: Date },
      { readonly id: string }
    >(
      'things',
      ({ ids, now }) => sql`select id from thing where id = any(${ids}::uuid[]) and since < ${now} and until > ${now}`,
    )
    expect(statement.text).toBe('select id from thing where id = any($1::uuid[]) and since < $2 and until > $3')
    const now = new Date('2026-11-22T10:00:00Z')
    expect(statement.parameters({ ids: ['a'], now })).toEqual([['a'], now, now])
  })

  it('takes no value that is fixed when it is built: such a value belongs in the text', () => {
    expect(() => prepareStatement('fixed', () => sql<object>`select ${1}`)).toThrow(
      /the values of fixed come at each run/,
    )
  })
})
