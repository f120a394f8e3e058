import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runChild } from './testing/child.ts'
import { insertAccount, insertCatalogue, insertLine } from './testing/fixture.ts'
import { createTestDatabase, type TestDatabase } from './testing/test-database.ts'

describe('the audit command', { timeout: 120_000 }, () => {
  let database: TestDatabase
  let line: string

  beforeAll(async () => {
    database = await createTestDatabase()
    await insertCatalogue(database)
    line = await insertLine(database, { number: 1, ownerId: await insertAccount(database, { number: 1 }) })
  })
  afterAll(() => database.drop())

  const audit = (...args: string[]) => runChild('cli/main.ts', ['audit', ...args], { DATABASE_URL: database.adminUrl })
  const spoil = (kopecks: number) =>
    database.sql(`update payments.ledger_balance set posted = posted + $2 where line_id = $1 and unit = 'KOPECK'`, [
      line,
      kopecks,
    ])

  it('keeps a line that does not reconcile until it does, and says why', async () => {
    expect(await audit('quarantine')).toMatchObject({ exitCode: 0, output: 'Every line is served.\n' })
    await spoil(1)
    expect(await audit('--quarantine')).toMatchObject({ exitCode: 1, output: expect.stringContaining('NOT clean') })
    const kept = await audit('quarantine')
    expect(kept).toMatchObject({ exitCode: 0, output: expect.stringMatching(new RegExp(`^${line} since .+: .+`)) })

    const refused = await audit('release', line)
    expect(refused).toMatchObject({ exitCode: 1, output: expect.stringMatching(/✗ .+It stays as it is\./s) })
    await spoil(-1)
    const released = `${line} reconciles and is served again.\n`
    expect(await audit('release', line)).toMatchObject({ exitCode: 0, output: released })
    const again = `${line} reconciles, and was served all along.\n`
    expect(await audit('release', line)).toMatchObject({ exitCode: 0, output: again })
    expect(await audit('quarantine')).toMatchObject({ output: 'Every line is served.\n' })
  })

  it('releases nothing that is no line', async () => {
    const refused = await audit('release', 'nonsense')
    expect(refused).toMatchObject({ exitCode: 1, errorOutput: expect.stringContaining('nonsense is no line’s id') })
  })

  it('shows what is held for merchants who have not answered for a day, and for no others', async () => {
    expect(await audit('purchases')).toMatchObject({ exitCode: 0, output: 'Every merchant has answered.\n' })
    await database.sql(
      `insert into payments.purchase
         (line_id, id, merchant_id, reference, transaction_id, amount, fee, begun_at, next_ask_at, is_over)
       select $1, gen_random_uuid(), 'water', '10203040', number::text, 10000, 150, now() - age, now(), is_over
       from (values (71, interval '25 hours', false), (72, interval '23 hours', false), (73, interval '25 hours', true))
         as made (number, age, is_over)`,
      [line],
    )
    const { output } = await audit('purchases')
    expect(output.trim().split('\n')).toEqual([
      expect.stringMatching(
        new RegExp(`^101.50 for water since .+: transaction 71, line ${line}, payment .+ 0 times$`),
      ),
    ])
    expect(output).not.toContain('10203040')
  })

  it('ends no purchase that has not waited for a day', async () => {
    const told = 'No purchase 72 has waited for a day. See: audit purchases'
    const refused = await audit('settle', '72', '--as', 'paid')
    expect(refused).toMatchObject({ exitCode: 1, errorOutput: expect.stringContaining(told) })
  })
})
