import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { principalOf, VIEWER_KINDS, type ViewerKind } from '../../cli/testing/access/viewers.ts'
import { accountId, insertAccount, phone } from '../../cli/testing/fixture.ts'
import { hasAct, succeededMutations } from '../../cli/testing/mutation-acts.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { createPool } from '../../platform/database/connect.ts'
import { type Principal, UNKNOWN_CLIENT } from '../../platform/identity/viewer.ts'
import { createNewId } from '../../platform/ids.ts'
import { silentLogger } from '../../platform/logger.ts'
import { readOperations } from '../../schema/operations.ts'
import { createAccountsBulk } from './bulk.ts'

const START = new Date('2026-11-22T10:00:00Z')
const HOUR_MS = 60 * 60 * 1000
const operations = readOperations()

const ORGANIZATION = accountId(1)
const OWNER = accountId(2)
const ADMINISTRATOR = accountId(3)
const USER = accountId(4)
const INVITED = accountId(5)
const STRANGER = accountId(6)
/** Every code is this one: chance of the test always gives the first letter. */
const CODE = '22222222'

type Role = 'owner' | 'administrator' | 'accountant' | 'user'

describe('who acts for an organization', () => {
  let cabinet: TestCabinet
  let now = START
  let chance = 0

  beforeAll(async () => {
    const random = { bytes: (count: number) => Buffer.alloc(count, ++chance), below: () => 0 }
    cabinet = await openTestCabinet({ clock: { now: () => now }, random })
    await insertAccount(cabinet.database, { number: 1, kind: 'ORGANIZATION', displayName: 'Ромашка' })
    for (const number of [2, 3, 4, 5, 6]) {
      await insertAccount(cabinet.database, { number })
      await cabinet.database.sql('insert into accounts.contact (account_id, phone, confirmed_at) values ($1, $2, $3)', [
        accountId(number),
        phone(number),
        START,
      ])
    }
  })

  beforeEach(async () => {
    now = new Date(now.getTime() + 48 * HOUR_MS)
    const { sql } = cabinet.database
    for (const table of ['organization_member', 'person_organization', 'invitation', 'phone_invitation', 'session']) {
      await sql(`delete from accounts.${table}`)
    }
    for (const [id, role] of [
      [OWNER, 'OWNER'],
      [ADMINISTRATOR, 'ADMINISTRATOR'],
      [USER, 'USER'],
    ]) {
      const values = [ORGANIZATION, id, role]
      await sql(
        `with added as (
           insert into accounts.organization_member (organization_id, member_id, role) values ($1, $2, $3)
         )
         insert into accounts.person_organization (organization_id, person_id) values ($1, $2)`,
        values,
      )
    }
  })

  afterAll(() => cabinet.close())

  /** The token of a person in the organization's account. */
  const acting = (personId: string, organizationRole: Role) =>
    cabinet.signPrincipal({ kind: 'account', accountId: ORGANIZATION, personId, sessionId: 'x', organizationRole })
  const asOwner = () => acting(OWNER, 'owner')
  const asAdministrator = () => acting(ADMINISTRATOR, 'administrator')
  const asSelf = (personId: string) => cabinet.accountToken(personId)

  async function ask(operation: string, token: string, variables: object = {}) {
    const answer = await cabinet.ask(
      { query: operations[`${operation}.graphql`] ?? '', variables: { ...variables } },
      token,
    )
    expect(answer.errors).toBeUndefined()
    return answer
  }

  /** Sends a mutation, and looks for its act when it succeeds. */
  async function run(operation: string, token: string, input: object) {
    const { data, requestId } = await ask(operation, token, { input })
    if (succeededMutations(data).length > 0) expect(await hasAct(cabinet, requestId)).toBe(true)
    return Object.values(data)[0] as { readonly __typename: string } & Readonly<Record<string, unknown>>
  }

  const invite = async (role = 'ACCOUNTANT', token?: string) =>
    run('invite-member', token ?? (await asOwner()), { phone: phone(5), role })
  const accept = async (personId = INVITED, code = CODE) =>
    (await run('accept-invitation', await asSelf(personId), { code })).__typename
  const roles = async () => {
    const rows = await cabinet.database.sql<{ member_id: string; role: string }>(
      'select member_id, role from accounts.organization_member order by member_id',
    )
    return Object.fromEntries(rows.map(({ member_id, role }) => [member_id, role]))
  }

  describe('an invitation', () => {
    it('goes to the phone with a code that is stored nowhere, and makes a member of whoever holds the phone', async () => {
      expect(await invite()).toMatchObject({ __typename: 'InviteMemberSuccess', invitation: { phone: phone(5) } })
      const [message] = await cabinet.database.sql<{ purpose: string; body: string; expires_at: Date }>(
        'select purpose, body, expires_at from accounts.message where phone = $1 order by id desc limit 1',
        [phone(5)],
      )
      expect(message).toMatchObject({ purpose: 'INVITATION', expires_at: new Date(now.getTime() + 168 * HOUR_MS) })
      const [stored] = await cabinet.database.sql<{ text: string }>(
        'select invitation::text as text from accounts.invitation',
      )
      expect(`${message?.body}${stored?.text}`).not.toContain(CODE)
      const { data } = await ask('organizations', await asSelf(INVITED))
      expect(data.viewer.invitations).toMatchObject([{ organizationName: 'Ромашка', role: 'ACCOUNTANT' }])

      expect(await accept(INVITED, ' 2222-2222 ')).toBe('AcceptInvitationSuccess')
      expect(await roles()).toMatchObject({ [INVITED]: 'ACCOUNTANT' })
      const after = await ask('organizations', await asSelf(INVITED))
      expect(after.data.viewer).toMatchObject({
        organizations: [
          { organizationId: ORGANIZATION, displayName: 'Ромашка', role: 'ACCOUNTANT', monthlyLimit: null },
        ],
        invitations: [],
      })
      const notices = await cabinet.database.sql(
        `select account_id from accounts.notice where kind = 'MEMBERSHIP_CHANGED' and created_at = $1 order by 1`,
        [now],
      )
      expect(notices).toEqual([{ account_id: ORGANIZATION }, { account_id: INVITED }])
    })

    it('is answered alike for a phone that nobody has', async () => {
      const known = await invite()
      const unknown = await run('invite-member', await asOwner(), { phone: phone(999), role: 'ACCOUNTANT' })
      const withoutIds = (answer: object) => JSON.stringify(answer).replaceAll(/[0-9a-f-]{36}|\+7916\d{7}/g, '…')
      expect(withoutIds(unknown)).toBe(withoutIds(known))
    })

    it('is nothing to another person, to a wrong code, or a second time', async () => {
      await invite()
      expect(await accept(STRANGER)).toBe('InvitationNotFoundError')
      expect(await accept(INVITED, '33333333')).toBe('InvitationNotFoundError')
      expect(await accept(INVITED, '')).toBe('InvitationNotFoundError')
      expect(await accept()).toBe('AcceptInvitationSuccess')
      expect(await accept()).toBe('InvitationNotFoundError')
      await run('leave-organization', await asSelf(INVITED), { organizationId: ORGANIZATION })
      expect(await accept()).toBe('InvitationNotFoundError')
      expect(await roles()).not.toHaveProperty(INVITED)
    })

    it('expires', async () => {
      await invite()
      now = new Date(now.getTime() + 168 * HOUR_MS)
      expect(await accept()).toBe('InvitationNotFoundError')
      expect((await ask('organizations', await asSelf(INVITED))).data.viewer.invitations).toEqual([])
      expect((await ask('members', await asOwner())).data.viewer.sentInvitations).toEqual([])
    })

    it('makes one member of one who accepts it fifty times at once', async () => {
      await invite()
      const answers = await Promise.all(Array.from({ length: 50 }, () => accept()))
      expect(answers.filter((name) => name === 'AcceptInvitationSuccess')).toHaveLength(1)
      expect(answers.filter((name) => name === 'InvitationNotFoundError')).toHaveLength(49)
      const acts = await cabinet.database.sql(`select from accounts.act where kind = 'MEMBER_JOINED' and at = $1`, [
        now,
      ])
      expect(acts).toHaveLength(1)
    })

    it('is taken back, turned down, or replaced by a newer one', async () => {
      const first = await invite('ACCOUNTANT')
      const second = await invite('USER')
      expect(second['invitation']).not.toEqual(first['invitation'])
      const { data } = await ask('members', await asAdministrator())
      expect(data.viewer.sentInvitations).toMatchObject([{ role: 'USER' }])
      const invitationId = data.viewer.sentInvitations[0].id
      expect((await run('decline-invitation', await asSelf(STRANGER), { invitationId })).__typename).toBe(
        'InvitationNotFoundError',
      )
      expect((await run('revoke-invitation', await asOwner(), { invitationId })).__typename).toBe(
        'RevokeInvitationSuccess',
      )
      expect(await accept()).toBe('InvitationNotFoundError')

      await invite()
      const waiting = (await ask('organizations', await asSelf(INVITED))).data.viewer.invitations
      const declined = await run('decline-invitation', await asSelf(INVITED), { invitationId: waiting[0].id })
      expect(declined.__typename).toBe('DeclineInvitationSuccess')
      expect(await accept()).toBe('InvitationNotFoundError')
    })

    it('of a member who is a member already changes nothing', async () => {
      await run('invite-member', await asOwner(), { phone: phone(4), role: 'OWNER' })
      expect(await accept(USER)).toBe('AlreadyMemberError')
      expect(await roles()).toMatchObject({ [USER]: 'USER' })
    })

    it('is void when whoever sent it may not send it any more', async () => {
      await invite('ACCOUNTANT', await asAdministrator())
      await run('remove-member', await asOwner(), { memberId: ADMINISTRATOR })
      expect(await accept()).toBe('InvitationNotFoundError')
    })

    it('is refused beyond what an organization may send', async () => {
      await cabinet.database.sql(
        `insert into accounts.policy (name, version, value, valid_from) values ('invitation.pendingMax', 2, '2', $1)`,
        [now],
      )
      const names: string[] = []
      for (const number of [11, 12, 13]) {
        names.push((await run('invite-member', await asOwner(), { phone: phone(number), role: 'USER' })).__typename)
      }
      await cabinet.database.sql(`delete from accounts.policy where name = 'invitation.pendingMax' and version = 2`)
      expect(names).toEqual(['InviteMemberSuccess', 'InviteMemberSuccess', 'TooManyInvitationsError'])
    })
  })

  describe('a role', () => {
    const change = async (token: string, memberId: string, role: string) =>
      (await run('change-member-role', token, { memberId, role })).__typename

    it('of an administrator is not enough to make or touch an owner', async () => {
      const token = await asAdministrator()
      const refused = 'MembershipNotPermittedError'
      expect(await change(token, USER, 'OWNER')).toBe(refused)
      expect(await change(token, OWNER, 'USER')).toBe(refused)
      expect((await run('remove-member', token, { memberId: OWNER })).__typename).toBe(refused)
      expect((await run('set-member-limit', token, { memberId: OWNER, monthlyLimit: '1' })).__typename).toBe(refused)
      expect((await invite('OWNER', token)).__typename).toBe(refused)
      expect(await change(token, USER, 'ACCOUNTANT')).toBe('ChangeMemberRoleSuccess')
    })

    it('counts as it is now, though the session is older', async () => {
      const token = await asAdministrator()
      expect(await change(await asOwner(), ADMINISTRATOR, 'USER')).toBe('ChangeMemberRoleSuccess')
      expect(await change(token, USER, 'ACCOUNTANT')).toBe('MembershipNotPermittedError')
      expect((await run('set-language', token, { language: 'EN' })).__typename).toBe('MembershipNotPermittedError')
    })

    it('of the last owner stays, and the last owner does not leave', async () => {
      expect(await change(await asOwner(), OWNER, 'USER')).toBe('LastOwnerError')
      expect((await run('remove-member', await asOwner(), { memberId: OWNER })).__typename).toBe('LastOwnerError')
      expect((await run('leave-organization', await asSelf(OWNER), { organizationId: ORGANIZATION })).__typename).toBe(
        'LastOwnerError',
      )
      expect(await change(await asOwner(), USER, 'OWNER')).toBe('ChangeMemberRoleSuccess')
      expect(await change(await asOwner(), OWNER, 'USER')).toBe('ChangeMemberRoleSuccess')
    })

    it('of owner is left to one at least, though twenty give it up at once, again and again', async () => {
      for (let round = 0; round < 5; round++) {
        await cabinet.database.sql(`update accounts.organization_member set role = 'OWNER'`)
        const people = [OWNER, ADMINISTRATOR, USER]
        const tries = Array.from({ length: 20 }, async (_, index) => {
          const person = people[index % 3] as string
          const other = people[(index + 1) % 3] as string
          if (index % 4 === 0) {
            return ask('leave-organization', await asSelf(person), { input: { organizationId: ORGANIZATION } })
          }
          if (index % 4 === 1) {
            return ask('remove-member', await acting(person, 'owner'), { input: { memberId: other } })
          }
          const input = { memberId: index % 2 === 0 ? other : person, role: 'ADMINISTRATOR' }
          return ask('change-member-role', await acting(person, 'owner'), { input })
        })
        await Promise.all(tries)
        expect(Object.values(await roles()).filter((role) => role === 'OWNER').length).toBeGreaterThanOrEqual(1)
        await cabinet.database.sql(
          `insert into accounts.organization_member (organization_id, member_id, role)
           select $1, unnest($2::uuid[]), 'OWNER' on conflict do nothing`,
          [ORGANIZATION, people],
        )
      }
    })
  })

  describe('a session', () => {
    const openOwn = (personId: string, id: string) =>
      cabinet.database.sql(
        `insert into accounts.session
           (person_id, id, account_id, method, refresh_seed, secret_id, created_at, last_used_at, access_until)
         values ($1, $2, $1, 'ONE_TIME_PASSWORD', '\\x00', 'x', $3, $3, $3::timestamptz + interval '15 minutes')`,
        [personId, id, now],
      )
    const own = (personId: string, sessionId: string) =>
      cabinet.signPrincipal({ kind: 'account', accountId: personId, personId, sessionId, organizationRole: null })
    const enter = async (token: string) =>
      run('act-for-organization', token, { organizationId: ORGANIZATION, deviceName: 'Phone' })

    it('in the organization’s account is opened with the member’s role', async () => {
      const sessionId = accountId(70)
      await openOwn(ADMINISTRATOR, sessionId)
      const entered = await enter(await own(ADMINISTRATOR, sessionId))
      expect(entered).toMatchObject({
        __typename: 'SignInSuccess',
        session: { accessToken: expect.any(String), refreshToken: expect.any(String) },
        viewer: { id: ORGANIZATION, displayName: 'Ромашка' },
      })
      const { accessToken } = entered['session'] as { accessToken: string }
      const members = await ask('members', accessToken)
      expect(members.data.viewer.members).toHaveLength(3)
      const [session] = await cabinet.database.sql(
        'select organization_role, method from accounts.session where person_id = $1 and account_id = $2',
        [ADMINISTRATOR, ORGANIZATION],
      )
      expect(session).toEqual({ organization_role: 'administrator', method: 'ONE_TIME_PASSWORD' })
    })

    it('is not opened for one who is no member, nor out of a session that has ended', async () => {
      const [stranger, ended] = [accountId(71), accountId(72)]
      await openOwn(STRANGER, stranger)
      expect((await enter(await own(STRANGER, stranger))).__typename).toBe('OrganizationNotFoundError')
      await openOwn(USER, ended)
      await cabinet.database.sql(`update accounts.session set ended_at = $1, end_reason = 'REVOKED' where id = $2`, [
        now,
        ended,
      ])
      expect((await enter(await own(USER, ended))).__typename).toBe('SessionEndedError')
    })

    it.each([
      ['is taken out', 'remove-member', async () => ({ input: { memberId: USER }, token: await asOwner() })],
      [
        'gets another role',
        'change-member-role',
        async () => ({ input: { memberId: USER, role: 'ACCOUNTANT' }, token: await asOwner() }),
      ],
      [
        'leaves',
        'leave-organization',
        async () => ({ input: { organizationId: ORGANIZATION }, token: await asSelf(USER) }),
      ],
    ] as const)('ends when its member %s, and only that one', async (_, operation, make) => {
      const sessionId = accountId(73)
      await openOwn(USER, sessionId)
      await enter(await own(USER, sessionId))
      const { input, token } = await make()
      await run(operation, token, input)
      const rows = await cabinet.database.sql(
        'select account_id, end_reason from accounts.session where person_id = $1 order by account_id',
        [USER],
      )
      expect(rows).toEqual([
        { account_id: ORGANIZATION, end_reason: 'MEMBERSHIP_ENDED' },
        { account_id: USER, end_reason: null },
      ])
    })
  })

  it('is found by those who came with an import too, who are loaded once', async () => {
    const pool = createPool({ url: cabinet.database.adminUrl, poolSizeMax: 1, logger: silentLogger })
    const bulk = createAccountsBulk({ pool, newId: createNewId({ now: () => now }) })
    const members = [{ organizationId: ORGANIZATION, memberId: STRANGER, role: 'ACCOUNTANT' }] as const
    expect(await bulk.loadMembers(members)).toBe(1)
    expect(await bulk.loadMembers(members)).toBe(0)
    await pool.end()
    const { data } = await ask('organizations', await asSelf(STRANGER))
    expect(data.viewer.organizations).toMatchObject([{ organizationId: ORGANIZATION, role: 'ACCOUNTANT' }])
  })

  describe('a limit', () => {
    const setLimit = async (monthlyLimit: string | null) =>
      run('set-member-limit', await asOwner(), { memberId: USER, monthlyLimit })
    const LIMIT = `{ memberLimit(organizationId: "${ORGANIZATION}", memberId: "${USER}") { role monthlyLimitKopecks } }`
    const askAs = (principal: Principal) => {
      const viewer = { principal, language: 'ru', requestId: 'x', client: UNKNOWN_CLIENT } as const
      return cabinet.subgraphs.accounts.execute({ query: LIMIT }, viewer)
    }
    const forPayments = async () => (await askAs({ kind: 'service', name: 'payments' })).data

    it.each<[string, Principal]>([
      ['clients', principalOf(VIEWER_KINDS.find(({ name }) => name === 'owner') as ViewerKind)],
      ['supervisors', principalOf(VIEWER_KINDS.find(({ name }) => name === 'staff: supervisor') as ViewerKind)],
      ['products', { kind: 'service', name: 'products' }],
    ])('is not told to %s', async (_, principal) => {
      const { errors } = await askAs(principal)
      expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['FORBIDDEN'])
    })

    it('is kept to the kopeck, shown to both sides and told to payments, and lifted', async () => {
      expect(await setLimit('1500.5')).toMatchObject({ member: { id: USER, monthlyLimit: '1500.50' } })
      expect(await forPayments()).toEqual({ memberLimit: { role: 'USER', monthlyLimitKopecks: '150050' } })
      const own = await ask('organizations', await asSelf(USER))
      expect(own.data.viewer.organizations).toMatchObject([{ monthlyLimit: '1500.50' }])
      expect(await setLimit(null)).toMatchObject({ member: { monthlyLimit: null } })
      expect(await forPayments()).toEqual({ memberLimit: { role: 'USER', monthlyLimitKopecks: null } })
    })

    it.each(['-0.01', '0.001', '9999999999999999'])('of %s is no limit', async (limit) => {
      expect((await setLimit(limit)).__typename).toBe('InvalidLimitError')
    })
  })
})
