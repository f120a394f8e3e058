import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { accountId, insertAccount, insertCatalogue, insertLine, lineId, phone } from '../../../cli/testing/fixture.ts'
import {
  requestPassword,
  sentCode,
  setPolicy,
  signInByPhone,
  signInWithPassword,
} from '../../../cli/testing/one-time-passwords.ts'
import { openTestCabinet, type TestCabinet } from '../../../cli/testing/test-cabinet.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { silentLogger } from '../../../platform/logger.ts'
import type { E164 } from '../../../platform/phone.ts'
import { createLocalAsk } from '../../../platform/subgraph/ask.ts'
import type { Tables } from '../store/tables.ts'
import { findCabinetByPhone } from './find-cabinet.ts'

const ORGANIZATION = 2
const NUMBER = 7

let cabinet: TestCabinet
let now: Date
const pass = (seconds: number) => {
  now = new Date(now.getTime() + seconds * 1_000)
}
const sql = <Row extends object>(text: string, values: unknown[] = []) => cabinet.database.sql<Row>(text, values)
const linesOf = async (token: string) =>
  (await cabinet.ask({ query: '{ viewer { id kind lines { nodes { msisdn rights } } } }' }, token)).data.viewer
const signIn = async () => {
  pass(600)
  const { errors, data } = await signInByPhone(cabinet, phone(NUMBER))
  expect(errors).toBeUndefined()
  return data.result as {
    __typename: string
    session: { accessToken: string }
    viewer: { id: string; displayName: string }
  }
}

beforeEach(async () => {
  now = new Date('2026-11-22T12:00:00Z')
  cabinet = await openTestCabinet({ clock: { now: () => now } })
  await setPolicy(cabinet.database, 'captcha.proofOfWorkCost', 1)
  await insertCatalogue(cabinet.database)
  await insertAccount(cabinet.database, { number: 1 })
  await insertAccount(cabinet.database, { number: ORGANIZATION, kind: 'ORGANIZATION', displayName: 'Vector' })
  await insertLine(cabinet.database, { number: NUMBER, ownerId: accountId(ORGANIZATION) })
})
afterEach(() => cabinet.close())

describe('the number of an organization', () => {
  it('opens a cabinet of its user’s own, in which the number is seen and nothing more', async () => {
    const { viewer, session } = await signIn()
    expect(viewer.id).not.toBe(accountId(ORGANIZATION))
    expect(viewer.displayName).toBe('+7 916 000 00 07')
    expect(await linesOf(session.accessToken)).toEqual({
      id: viewer.id,
      kind: 'INDIVIDUAL',
      lines: { nodes: [{ msisdn: phone(NUMBER), rights: ['VIEW'] }] },
    })
    const again = await signIn()
    expect(again.viewer.id).toBe(viewer.id)
    const acts = await sql<{ kind: string }>('select kind from accounts.act where account_id = $1 order by id', [
      viewer.id,
    ])
    // What linked numbers tell of comes as an event, a moment later.
    expect(acts.filter(({ kind }) => kind !== 'LINE_ACCESS_GRANTED')).toEqual([
      { kind: 'REGISTERED' },
      { kind: 'SIGNED_IN' },
      { kind: 'SIGNED_IN' },
    ])
    expect(
      await sql('select account_id, rights, changed_by from linked_numbers.access_audit where line_id = $1', [
        lineId(NUMBER),
      ]),
    ).toEqual([{ account_id: viewer.id, rights: 1, changed_by: 'service:accounts' }])
  })

  it('is not given again to a user from whom it was taken', async () => {
    const { viewer, session } = await signIn()
    const owner = await cabinet.accountToken(accountId(ORGANIZATION), 'owner')
    const input = { lineId: lineId(NUMBER), accountId: viewer.id }
    await cabinet.ask(
      {
        query: 'mutation ($input: RevokeLineAccessInput!) { revokeLineAccess(input: $input) { __typename } }',
        variables: { input },
      },
      owner,
    )
    expect((await linesOf(session.accessToken)).lines.nodes).toEqual([])
    const { session: again } = await signIn()
    expect((await linesOf(again.accessToken)).lines.nodes).toEqual([])
  })

  it('opens one cabinet when it is signed in with twice at the same moment', async () => {
    await requestPassword(cabinet, phone(NUMBER))
    const first = await sentCode(cabinet.database, phone(NUMBER))
    pass(60)
    await requestPassword(cabinet, phone(NUMBER))
    const codes = [first, await sentCode(cabinet.database, phone(NUMBER))]
    const answers = await Promise.all(codes.map((code) => signInWithPassword(cabinet, { phone: phone(NUMBER), code })))
    const [one, other] = answers.map(({ data }) => data.result.viewer.id)
    expect(one).toBe(other)
    expect(await sql('select count(*)::int as count from accounts.phone_cabinet')).toEqual([{ count: 1 }])
  })

  it('opens nothing while its user cannot be let in, and the same password works afterwards', async () => {
    await requestPassword(cabinet, phone(NUMBER))
    const code = await sentCode(cabinet.database, phone(NUMBER))
    await sql('alter table linked_numbers.access_audit rename to access_audit_that_is_away')
    const { errors } = await signInWithPassword(cabinet, { phone: phone(NUMBER), code })
    expect(errors?.[0]?.extensions.code).toBe('SUBGRAPH_UNAVAILABLE')
    expect(await sql('select * from accounts.session')).toEqual([])
    await sql('alter table linked_numbers.access_audit_that_is_away rename to access_audit')
    const { data } = await signInWithPassword(cabinet, { phone: phone(NUMBER), code })
    expect(data.result.__typename).toBe('SignInSuccess')
  })
})

describe('finding the cabinet of a number', () => {
  it('gives the owner’s, or that of whoever has signed in with an organization’s number, and none for nobody', async () => {
    await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
    const db = connectDatabase<Tables>({ url: cabinet.database.urls.accounts, logger: silentLogger })
    const linkedNumbers = cabinet.subgraphs['linked-numbers']
    const ask = { 'linked-numbers': createLocalAsk('accounts', linkedNumbers, () => 'a request') }
    const find = (number: number) => findCabinetByPhone({ db, ask }, phone(number) as E164)
    try {
      expect(await find(1)).toEqual({
        accountId: accountId(1),
        lineId: lineId(1),
        ownerAccountId: accountId(1),
        isBlocked: false,
      })
      expect(await find(404)).toBeNull()
      expect(await find(NUMBER)).toBeNull()
      const { viewer } = await signIn()
      expect(await find(NUMBER)).toMatchObject({ accountId: viewer.id, ownerAccountId: accountId(ORGANIZATION) })
      await sql(`update linked_numbers.line set status = 'BLOCKED' where id = $1`, [lineId(NUMBER)])
      expect(await find(NUMBER)).toMatchObject({ isBlocked: true })
    } finally {
      await db.destroy()
    }
  })
})

describe('a number that was given to somebody else', () => {
  it('opens the cabinet of whoever has it now', async () => {
    const before = await signIn()
    await sql(`update linked_numbers.line set status = 'CLOSED' where id = $1`, [lineId(NUMBER)])
    await sql('delete from linked_numbers.directory where msisdn = $1', [phone(NUMBER)])
    await sql(
      `insert into linked_numbers.line (id, msisdn, owner_account_id, region, status, activated_on)
       values ($1, $2, $3, 'Moscow', 'ACTIVE', '2026-01-15')`,
      [lineId(8), phone(NUMBER), accountId(ORGANIZATION)],
    )
    await sql('insert into linked_numbers.directory (msisdn, line_id) values ($1, $2)', [phone(NUMBER), lineId(8)])
    const after = await signIn()
    expect(after.viewer.id).not.toBe(before.viewer.id)

    await sql('update linked_numbers.line set owner_account_id = $1 where id = $2', [accountId(1), lineId(8)])
    expect((await signIn()).viewer.id).toBe(accountId(1))
  })

  it('lets nobody in with a password that its former owner was sent', async () => {
    await requestPassword(cabinet, phone(NUMBER))
    const code = await sentCode(cabinet.database, phone(NUMBER))
    await sql(`update linked_numbers.line set status = 'CLOSED' where id = $1`, [lineId(NUMBER)])
    const { data } = await signInWithPassword(cabinet, { phone: phone(NUMBER), code })
    expect(data.result.__typename).toBe('InvalidOneTimePasswordError')
  })
})

it('lets nobody in with a password of a line that was blocked meanwhile: it may have been stolen', async () => {
  await requestPassword(cabinet, phone(NUMBER))
  const code = await sentCode(cabinet.database, phone(NUMBER))
  await sql(`update linked_numbers.line set status = 'BLOCKED' where id = $1`, [lineId(NUMBER)])
  const { data } = await signInWithPassword(cabinet, { phone: phone(NUMBER), code })
  expect(data.result.__typename).toBe('InvalidOneTimePasswordError')
})

it('does not send notices to another number because somebody signed in with it', async () => {
  await insertLine(cabinet.database, { number: 1, ownerId: accountId(1) })
  await insertLine(cabinet.database, { number: 3, ownerId: accountId(1) })
  await signInByPhone(cabinet, phone(1), { 'x-device-id': 'mine' })
  pass(60)
  await signInByPhone(cabinet, phone(3), { 'x-device-id': 'a thief’s' })
  expect(await sql('select phone from accounts.contact')).toEqual([{ phone: phone(1) }])
  expect(await sql('select kind from accounts.notice')).toEqual([{ kind: 'SIGNED_IN_ON_NEW_DEVICE' }])
})
