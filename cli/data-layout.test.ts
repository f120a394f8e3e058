import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findLayoutProblems } from './testing/data-layout.ts'
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts'

describe('the tables of all subgraphs', () => {
  let database: TestDatabase

  beforeAll(async () => {
    database = await createTestDatabase()
  })
  afterAll(() => database.drop())

  it('can be spread over machines by subscriber; a migration declares the others by a comment on the table', async () => {
    expect(await findLayoutProblems(database)).toEqual([])
  })

  it.each([
    [
      'create table accounts.planted (id uuid primary key, account_id uuid)',
      "accounts.planted: planted_pkey begins with id, which is no subscriber's key",
    ],
    [
      'create table payments.planted (line_id uuid, id uuid, code text unique, primary key (line_id, id))',
      "payments.planted: planted_code_key begins with code, which is no subscriber's key",
    ],
    [
      'create table products.planted (line_id uuid primary key, name text); ' +
        'create unique index planted_name on products.planted (lower(name))',
      "products.planted: planted_name begins with an expression, which is no subscriber's key",
    ],
    ['create table linked_numbers.planted (line_id uuid)', 'linked_numbers.planted has no primary key'],
    [
      'create table accounts.planted (account_id uuid primary key, friend_id uuid references accounts.account)',
      'accounts.planted: planted_friend_id_fkey reaches rows of others in accounts.account',
    ],
    [
      'create table payments.planted (line_id uuid primary key references linked_numbers.line)',
      'payments.planted: planted_line_id_fkey reaches rows of others in linked_numbers.line',
    ],
  ])('are found when they cannot: %s', async (statement, problem) => {
    await database.sql(statement)
    try {
      expect(await findLayoutProblems(database)).toEqual([problem])
    } finally {
      const [, table = ''] = /create table (\S+)/.exec(statement) ?? []
      await database.sql(`drop table ${table}`)
    }
  })

  it('are not found when a comment declares what they are', async () => {
    await database.sql('create table accounts.planted (code text primary key)')
    expect(await findLayoutProblems(database)).toHaveLength(1)
    await database.sql(`comment on table accounts.planted is 'directory'`)
    expect(await findLayoutProblems(database)).toEqual([])
    await database.sql(`comment on table accounts.planted is 'something else'`)
    expect(await findLayoutProblems(database)).toHaveLength(1)
    await database.sql('drop table accounts.planted')
  })
})
