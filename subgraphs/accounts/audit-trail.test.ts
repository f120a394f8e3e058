import type { GraphQLObjectType } from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  accountId,
  insertAccount,
  insertCatalogue,
  insertConversation,
  insertLine,
  phone,
} from '../../cli/testing/fixture.ts'
import { createStatementWatch } from '../../cli/testing/statement-watch.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { fieldPolicy } from '../../platform/access/policy.ts'
import { STAFF_RULES } from '../../platform/access/rule.ts'
import type { ActRecorded } from '../../platform/events/event.ts'
import { SUBGRAPH_NAMES } from '../../platform/subgraph/name.ts'
import { readOperations } from '../../schema/operations.ts'

const NOW = new Date('2026-11-22T10:00:00Z')
const POLL = { timeout: 10_000, interval: 20 }
const operations = readOperations()
const CUSTOMER = accountId(1)
const FRIEND = accountId(2)

/** The fields by which staff see a person's data, each with the act that tells of it. */
const SIGHTS: readonly [string, string, (ids: { lineId: string }) => string][] = [
  ['account', 'ACCOUNT_SEEN', () => `{ account(id: "${CUSTOMER}") { displayName } }`],
  ['line', 'LINE_SEEN', ({ lineId }) => `{ line(id: "${lineId}") { msisdn balance { asOf } tariff { name } } }`],
  ['lineByPhone', 'LINE_SEEN', () => `{ lineByPhone(phone: "${phone(1)}") { msisdn } }`],
  ['conversation', 'CONVERSATION_READ', ({ lineId }) => `{ conversation(id: "${lineId}") { status } }`],
  ['accountActivity', 'ACTIVITY_SEEN', () => `{ accountActivity(accountId: "${CUSTOMER}") { nodes { id } } }`],
]

describe('the audit trail', () => {
  let cabinet: TestCabinet
  let lineId: string
  const { onStatement, watch } = createStatementWatch()

  beforeAll(async () => {
    cabinet = await openTestCabinet({ clock: { now: () => NOW }, onStatement })
    await insertCatalogue(cabinet.database)
    for (const number of [1, 2]) await insertAccount(cabinet.database, { number })
    lineId = await insertLine(cabinet.database, { number: 1, ownerId: CUSTOMER })
    await insertLine(cabinet.database, { number: 2, ownerId: FRIEND })
    await insertConversation(cabinet.database, CUSTOMER, lineId)
  })
  afterAll(() => cabinet.close())

  const actsOf = (requestId: string) =>
    cabinet.database.sql<{ account_id: string; kind: string; line_id: string | null; actor: string; reason: string }>(
      'select account_id, kind, line_id, actor, staff_roles, reason from accounts.act where request_id = $1 order by id',
      [requestId],
    )
  const asStaff = async (query: string, headers?: Record<string, string>) =>
    cabinet.ask({ query, ...(headers && { headers }) }, await cabinet.staffToken('consultant', 'supervisor'))

  describe('of what staff see', () => {
    it.each(SIGHTS)('has one row for %s, with the reason', async (_, kind, query) => {
      const { errors, requestId } = await asStaff(query({ lineId }), { 'x-reason': encodeURIComponent('Звонок № 7') })
      expect(errors).toBeUndefined()
      await expect
        .poll(() => actsOf(requestId), POLL)
        .toEqual([
          {
            account_id: CUSTOMER,
            kind,
            line_id: kind === 'LINE_SEEN' ? lineId : null,
            actor: 'staff:tester',
            staff_roles: ['consultant', 'supervisor'],
            reason: 'Звонок № 7',
          },
        ])
    })

    it.each(SIGHTS)('comes with a refusal of %s without a reason, and then with no row', async (_, __, query) => {
      const { status, data, errors, requestId } = await asStaff(query({ lineId }), { 'x-reason': '' })
      expect({ status, data: Object.values(data), codes: errors?.map(({ extensions }) => extensions.code) }).toEqual({
        status: 200,
        data: [null],
        codes: ['REASON_REQUIRED'],
      })
      expect(errors?.[0]?.message).toContain('x-reason')
      expect(await actsOf(requestId)).toEqual([])
    })

    it('has a row for each of several questions of one request', async () => {
      const query = `{ a: account(id: "${CUSTOMER}") { id } b: account(id: "${FRIEND}") { id } line(id: "${lineId}") { id } }`
      const { requestId } = await asStaff(query)
      await expect
        .poll(async () => (await actsOf(requestId)).map(({ kind }) => kind).sort(), POLL)
        .toEqual(['ACCOUNT_SEEN', 'ACCOUNT_SEEN', 'LINE_SEEN'])
    })

    it('has no row for what was not found, for what is public, and for what customers see of their own', async () => {
      const missing = await asStaff(`{ account(id: "${accountId(999)}") { id } lineByPhone(phone: "1") { id } }`)
      expect(missing.data).toEqual({ account: null, lineByPhone: null })
      const catalogue = await asStaff('{ tariffs { code } news { nodes { id } } }', { 'x-reason': '' })
      expect(catalogue.errors).toBeUndefined()
      const own = await cabinet.ask(
        { query: `{ viewer { id } line(id: "${lineId}") { msisdn } }` },
        await cabinet.accountToken(CUSTOMER),
      )
      expect(own.data.line).toEqual({ msisdn: phone(1) })
      for (const { requestId } of [missing, catalogue, own]) expect(await actsOf(requestId)).toEqual([])
    })
  })

  it('knows every root field by which staff come to what is about a customer', () => {
    const entries = SUBGRAPH_NAMES.flatMap((name) => {
      const { schema } = cabinet.subgraphs[name]
      const query = schema.getQueryType() as GraphQLObjectType
      return Object.values(query.getFields()).flatMap((field) => {
        if (field.name.startsWith('_')) return []
        const { to, isReasonNeeded } = fieldPolicy(schema, query, field)
        return isReasonNeeded && to.some((rule) => rule in STAFF_RULES) ? [field.name] : []
      })
    })
    expect(entries.sort()).toEqual(SIGHTS.map(([field]) => field).sort())
  })

  describe('asked who saw what of a person', () => {
    const ask = async (variables: object) => {
      const { data, errors } = await cabinet.ask(
        { query: operations['account-activity.graphql'] ?? '', variables: { ...variables } },
        await cabinet.staffToken('supervisor'),
      )
      expect(errors).toBeUndefined()
      return data.accountActivity
    }
    const SEEN = ['ACCOUNT_SEEN', 'LINE_SEEN', 'CONVERSATION_READ', 'ACTIVITY_SEEN']

    it('finds each way of seeing, by one statement', async () => {
      const requests = new Set<string>()
      for (const [, , query] of SIGHTS) requests.add((await asStaff(query({ lineId }))).requestId)
      for (const requestId of requests) await expect.poll(async () => (await actsOf(requestId)).length, POLL).toBe(1)
      const { answer, statements } = await watch(() => ask({ accountId: CUSTOMER, first: 100, kinds: SEEN }))
      const { nodes } = answer
      expect(statements.filter(({ sql }) => /from act\b/.test(sql))).toHaveLength(1)
      const found = nodes.filter(({ requestId }: { requestId: string }) => requests.has(requestId))
      expect(found.map(({ kind }: { kind: string }) => kind).sort()).toEqual(SIGHTS.map(([, kind]) => kind).sort())
      expect(found[0]).toMatchObject({
        by: { kind: 'STAFF', staffId: 'tester', staffRoles: ['CONSULTANT', 'SUPERVISOR'] },
        reason: 'a test',
      })
    })

    it('pages back through time, each act once', async () => {
      const all = (await ask({ accountId: CUSTOMER, first: 100, kinds: ['ACCOUNT_SEEN'] })).nodes
      expect(all.length).toBeGreaterThan(2)
      const seen: object[] = []
      let after: string | null = null
      do {
        const page = await ask({ accountId: CUSTOMER, first: 2, after, kinds: ['ACCOUNT_SEEN'] })
        seen.push(...page.nodes)
        after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null
      } while (after !== null)
      expect(seen).toEqual(all)
    })

    it.each([{ kinds: ['account seen'] }, { kinds: Array(51).fill('A') }, { first: 101 }, { after: 'x' }])(
      'refuses %j',
      async (wrong) => {
        const { errors } = await cabinet.ask(
          {
            query: operations['account-activity.graphql'] ?? '',
            variables: { accountId: CUSTOMER, ...wrong },
          },
          await cabinet.staffToken('supervisor'),
        )
        expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
      },
    )

    it('tells the person what staff are, and not who or why', async () => {
      const { data } = await cabinet.ask(
        {
          query:
            '{ viewer { activity(first: 100) { nodes { kind by { kind staffRoles staffId } reason requestId address details { name } } } } }',
        },
        await cabinet.accountToken(CUSTOMER),
      )
      expect(data.viewer.activity.nodes).toContainEqual({
        kind: 'ACCOUNT_SEEN',
        by: { kind: 'STAFF', staffRoles: ['CONSULTANT', 'SUPERVISOR'], staffId: null },
        reason: null,
        requestId: null,
        address: null,
        details: [],
      })
    })
  })

  describe('of rights on lines', () => {
    it('has a row for the owner and one for the other, of each change', async () => {
      const owner = await cabinet.accountToken(CUSTOMER)
      const friend = await cabinet.accountToken(FRIEND)
      const run = async (operation: string, token: string, input: object) =>
        (await cabinet.ask({ query: operations[`${operation}.graphql`] ?? '', variables: { input } }, token)).requestId
      const grant = () => run('grant-line-access', owner, { lineId, phone: phone(2), rights: ['VIEW'] })
      const grantThenUnlink = async () => {
        await grant()
        return run('unlink-number', friend, { lineId })
      }
      for (const [requestId, kind, actor] of [
        [await grant(), 'LINE_ACCESS_GRANTED', CUSTOMER],
        [await run('revoke-line-access', owner, { lineId, accountId: FRIEND }), 'LINE_ACCESS_REVOKED', CUSTOMER],
        [await grantThenUnlink(), 'NUMBER_UNLINKED', FRIEND],
      ] as const) {
        const row = { kind, line_id: lineId, actor: `account:${actor}`, staff_roles: null, reason: 'a test' }
        const rows = [CUSTOMER, FRIEND].map((account_id) => ({ account_id, ...row }))
        const stored = async () => (await actsOf(requestId)).sort((a, b) => (a.account_id < b.account_id ? -1 : 1))
        await expect.poll(stored, POLL).toEqual(rows)
      }
    })
  })

  it('takes an act of another subgraph once, however often and at once it is told', async () => {
    const event: ActRecorded = {
      id: accountId(77),
      kind: 'ActRecorded',
      occurredAt: NOW.toISOString(),
      accountId: FRIEND,
      act: 'LINE_SEEN',
      lineId,
      details: {},
      by: {
        actor: 'staff:x',
        staffRoles: null,
        address: '2001:db8::1',
        sessionId: null,
        requestId: 'told',
        reason: 'x',
      },
    }
    await Promise.all(Array.from({ length: 10 }, () => cabinet.subgraphs.accounts.receive(event)))
    await cabinet.subgraphs.accounts.receive(event)
    expect(await actsOf('told')).toHaveLength(1)
  })

  it('is changed by nobody: neither by its process nor by the owner of the tables', async () => {
    const changes = ['update accounts.act set kind = $$X$$', 'delete from accounts.act', 'truncate accounts.act']
    for (const change of changes) {
      await expect(cabinet.database.sql(`set role cabinet_accounts; ${change}`)).rejects.toThrow(/permission denied/)
      await expect(cabinet.database.sql(change)).rejects.toThrow(/only ever added to/)
    }
    const audit = 'update linked_numbers.access_audit set rights = 15'
    await expect(cabinet.database.sql(audit)).rejects.toThrow(/only ever added to/)
  })
})
