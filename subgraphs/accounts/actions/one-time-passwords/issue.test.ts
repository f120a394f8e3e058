import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, phone } from '../../../../cli/testing/fixture.ts'
import {
  requestPassword,
  sentCode,
  setPolicy,
  signInWithPassword,
  wrongCode,
} from '../../../../cli/testing/one-time-passwords.ts'
import { openTestCabinet, TEST_SECRETS, type TestCabinet } from '../../../../cli/testing/test-cabinet.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { createReader } from '../../../../platform/database/reader.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { silentLogger } from '../../../../platform/logger.ts'
import { parsePhone } from '../../../../platform/phone.ts'
import { createPolicies } from '../../../../platform/policy/policies.ts'
import { systemRandomness } from '../../../../platform/random.ts'
import { accountsPolicies } from '../../store/policies.ts'
import { sweep } from '../../store/sweep.ts'
import type { Tables } from '../../store/tables.ts'
import { type IssueDependencies, issueOneTimePassword } from './issue.ts'

let cabinet: TestCabinet
let dependencies: IssueDependencies & { readonly close: () => Promise<void> }
let now: Date
const clock = { now: () => now }
const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1_000)
}
const issue = async () => {
  const number = parsePhone(phone(1))
  if (number === null) throw new Error('the fixture has telephone numbers')
  return issueOneTimePassword(dependencies, number)
}
const issueCode = async () => {
  const issued = await issue()
  if (issued.kind !== 'issued') throw new Error(issued.kind)
  return issued.code
}
const signIn = async (code: string) =>
  (await signInWithPassword(cabinet, { phone: phone(1), code })).data.result.__typename

beforeEach(async () => {
  now = new Date('2026-11-22T12:00:00Z')
  cabinet = await openTestCabinet({ clock })
  await setPolicy(cabinet.database, 'captcha.proofOfWorkCost', 1)
  await insertCatalogue(cabinet.database)
  await insertAccount(cabinet.database, { number: 1 })
  await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
  const options = { url: cabinet.database.urls.accounts, logger: silentLogger }
  const db = connectDatabase<Tables>(options)
  const reader = createReader(options)
  dependencies = {
    db,
    clock,
    newId: createNewId(clock),
    random: systemRandomness,
    secrets: TEST_SECRETS,
    policies: createPolicies({ reader, clock, schema: accountsPolicies }),
    close: async () => {
      await reader.close()
      await db.destroy()
    },
  }
})
afterEach(async () => {
  await dependencies.close()
  await cabinet.close()
})

describe('a password for the telephone’s own screen', () => {
  it('signs in, and no message is sent', async () => {
    expect(await signIn(await issueCode())).toBe('SignInSuccess')
    expect(await cabinet.database.sql('select * from accounts.message')).toEqual([])
    expect(await cabinet.database.sql('select method from accounts.session')).toEqual([{ method: 'USSD' }])
  })

  it('waits for no pause between messages, and the password of the message before works on for a while', async () => {
    await requestPassword(cabinet, phone(1))
    const sent = await sentCode(cabinet.database, phone(1))
    pass(1)
    const shown = await issueCode()
    expect(await signIn(sent)).toBe('SignInSuccess')
    expect(await signIn(shown)).toBe('SignInSuccess')
  })

  it('is shown some times an hour only', async () => {
    for (let shown = 0; shown < 6; shown++) await issueCode()
    expect(await issue()).toEqual({ kind: 'tooManyRequests', retryAt: new Date('2026-11-22T13:00:00Z') })
    pass(3_600)
    expect(await issue()).toMatchObject({ kind: 'issued' })
  })

  it('takes no wrong tries back', async () => {
    for (let round = 0; round < 4; round++) {
      const code = await issueCode()
      for (let tries = 0; tries < 5; tries++) await signIn(wrongCode(code))
    }
    expect(await signIn(await issueCode())).toBe('TooManyAttemptsError')
  })
})

it('sweeps away what is of no use any more, and nothing that still counts', async () => {
  const swept = ['used_captcha', 'turn', 'one_time_password_delivery', 'decoy_message', 'one_time_password']
  const countRows = () =>
    Promise.all(
      [...swept, 'one_time_password_use'].map(
        async (table) => (await cabinet.database.sql(`select from accounts.${table}`)).length,
      ),
    )
  await requestPassword(cabinet, phone(1))
  await requestPassword(cabinet, phone(404))
  const code = await sentCode(cabinet.database, phone(1))
  for (let tries = 0; tries < 4; tries++) await signIn(wrongCode(code))
  pass(172_799)
  await sweep(dependencies.db, await dependencies.policies.current(), now)
  expect(await signIn(code)).toBe('SignInSuccess')
  pass(172_800)
  await sweep(dependencies.db, await dependencies.policies.current(), now)
  expect(await countRows()).toEqual([0, 0, 0, 0, 0, 0])
})
