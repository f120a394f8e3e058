import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { accountId, insertAccount, phone } from '../../../cli/testing/fixture.ts'
import { setPolicy } from '../../../cli/testing/one-time-passwords.ts'
import { openTestCabinet, type TestCabinet } from '../../../cli/testing/test-cabinet.ts'
import { systemClock } from '../../../platform/clock.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { createNewId } from '../../../platform/ids.ts'
import { systemRandomness } from '../../../platform/random.ts'
import { watchedLogger } from '../../../platform/testing/log-watch.ts'
import { SENDER_SECRETS } from '../messages/testing/queue-messages.ts'
import { openBody } from '../store/messages.ts'
import { type NoticeKind, writeNotice } from '../store/notices.ts'
import type { Tables } from '../store/tables.ts'
import { createNotifier, dispatchNotices } from './notifier.ts'

const PATIENCE = { timeout: 15_000, interval: 20 }
const SET = `mutation ($input: SetNotificationPreferenceInput!) {
  setNotificationPreference(input: $input) {
    __typename
    ... on SetNotificationPreferenceSuccess { preference { category channel isEnabled isChangeable } }
    ... on UserError { message path }
  }
}`
const MARK = `mutation ($input: MarkNoticesReadInput!) {
  markNoticesRead(input: $input) {
    __typename
    ... on MarkNoticesReadSuccess { notices { id readAt } }
    ... on UserError { path }
  }
}`
const LIST = `query ($first: Int = 20, $after: String) {
  viewer {
    unreadNoticeCount
    notices(first: $first, after: $after) { nodes { id category text readAt } pageInfo { hasNextPage hasPreviousPage endCursor } }
  }
}`

const NOTIFIER = {
  clock: systemClock,
  random: systemRandomness,
  secrets: SENDER_SECRETS,
  policies: { current: async () => ({ 'notice.messageHours': 24, 'operator.timeZone': 'UTC' }) as never },
  logger: watchedLogger,
}

describe('notices', () => {
  let cabinet: TestCabinet
  let person: string
  let token: string
  const newId = createNewId(systemClock)

  beforeEach(async () => {
    cabinet = await openTestCabinet({ logger: watchedLogger, accountsSecrets: SENDER_SECRETS })
    person = await insertAccount(cabinet.database, { number: 1 })
    await cabinet.database.sql(
      'insert into accounts.contact (account_id, phone, confirmed_at) values ($1, $2, now())',
      [person, phone(1)],
    )
    token = await cabinet.accountToken(person)
  })

  afterEach(() => cabinet.close())

  const connect = () => connectDatabase<Tables>({ url: cabinet.database.urls.accounts, logger: watchedLogger })

  /** As an action writes it. */
  async function tell(kind: NoticeKind, of = person, count = 1): Promise<string[]> {
    const db = connect()
    const ids = Array.from({ length: count }, () => newId())
    await db.transaction().execute(async (trx) => {
      for (const id of ids) await writeNotice(trx, { id, accountId: of, kind, parameters: {}, at: systemClock.now() })
    })
    await db.destroy()
    return ids
  }

  async function untilDispatched(): Promise<void> {
    await vi.waitFor(async () => {
      const [waiting] = await cabinet.database.sql<{ count: number }>(
        'select count(*)::int as count from accounts.notice where dispatched_at is null',
      )
      expect(waiting?.count).toBe(0)
    }, PATIENCE)
  }

  const messages = () =>
    cabinet.database.sql<{ id: string; phone: string; status: string; body: string }>(
      'select id, phone, status, body from accounts.message order by id',
    )
  const set = async (category: string, channel: string, isEnabled: boolean, by = token) =>
    (await cabinet.ask({ query: SET, variables: { input: { category, channel, isEnabled } } }, by)).data
      .setNotificationPreference
  const list = async (variables = {}) => (await cabinet.ask({ query: LIST, variables }, token)).data.viewer

  it('become a text message, sealed, in the account’s language, and an entry of the list', async () => {
    const [id] = await tell('PASSWORD_CHANGED')
    await untilDispatched()
    const [message, ...more] = await messages()
    expect(more).toEqual([])
    expect(message).toMatchObject({ id, phone: phone(1), status: 'QUEUED' })
    expect(openBody(message?.body ?? '', SENDER_SECRETS)).toContain('Пароль личного кабинета изменён')
    expect((await list()).notices.nodes).toEqual([
      { id, category: 'SECURITY', text: expect.stringContaining('Пароль'), readAt: null },
    ])
    await cabinet.database.sql(`update accounts.account set language = 'en'`)
    expect((await list()).notices.nodes[0].text).toContain('The password of your cabinet was changed')
  })

  it('go where the account wants them, each channel by itself', async () => {
    expect(await set('SERVICES', 'SMS', false)).toEqual({
      __typename: 'SetNotificationPreferenceSuccess',
      preference: { category: 'SERVICES', channel: 'SMS', isEnabled: false, isChangeable: true },
    })
    await tell('EXPORT_READY')
    await untilDispatched()
    expect(await messages()).toEqual([])
    expect((await list()).notices.nodes).toHaveLength(1)

    await set('SERVICES', 'SMS', true)
    await set('SERVICES', 'IN_APP', false)
    await tell('EXPORT_READY')
    await untilDispatched()
    expect(await messages()).toHaveLength(1)
    expect((await list()).notices.nodes).toHaveLength(1)
    expect((await list()).unreadNoticeCount).toBe(1)
  })

  it('bring news by text message to those only who asked for it', async () => {
    await tell('NEWS_PUBLISHED')
    await untilDispatched()
    expect(await messages()).toEqual([])
    await set('NEWS', 'SMS', true)
    await tell('NEWS_PUBLISHED')
    await untilDispatched()
    expect(await messages()).toHaveLength(1)
  })

  it('of security cannot be switched off, by the graph or in the table', async () => {
    for (const channel of ['SMS', 'IN_APP']) {
      expect(await set('SECURITY', channel, false)).toMatchObject({
        __typename: 'SecurityNoticesRequiredError',
        path: ['isEnabled'],
      })
      expect((await set('SECURITY', channel, true)).__typename).toBe('SetNotificationPreferenceSuccess')
    }
    const plant = cabinet.database.sql(
      `insert into accounts.notification_setting values ($1, 'SECURITY', 'SMS', false, now())`,
      [person],
    )
    await expect(plant).rejects.toThrow('notification_setting_category_check')
  })

  it('leave a trace of each change of a setting, and none of what was so already', async () => {
    for (const isEnabled of [false, false, true]) await set('MONEY', 'SMS', isEnabled)
    const acts = await cabinet.database.sql<{ details: object }>(
      `select details from accounts.act where kind = 'NOTIFICATIONS_SET' order by id`,
    )
    expect(acts.map(({ details }) => details)).toEqual([
      { category: 'MONEY', channel: 'SMS', isEnabled: false },
      { category: 'MONEY', channel: 'SMS', isEnabled: true },
    ])
  })

  it('of an organization are its owner’s and administrators’ to set', async () => {
    const organization = await insertAccount(cabinet.database, { number: 2, kind: 'ORGANIZATION' })
    const results: string[] = []
    for (const role of ['owner', 'administrator', 'accountant', 'user'] as const) {
      const by = await cabinet.accountToken(organization, role)
      results.push((await set('MONEY', 'SMS', false, by)).__typename)
    }
    const [success, refusal] = ['SetNotificationPreferenceSuccess', 'SettingsNotPermittedError']
    expect(results).toEqual([success, success, refusal, refusal])
  })

  it('wait for nobody who has no number: they are in the list', async () => {
    await cabinet.database.sql('delete from accounts.contact')
    await tell('SIM_CHANGED')
    await untilDispatched()
    expect(await messages()).toEqual([])
    expect((await list()).notices.nodes).toHaveLength(1)
  })

  it('page through the newest first', async () => {
    const ids = await tell('PASSWORD_CHANGED', person, 5)
    const seen: string[] = []
    let after: string | null = null
    for (let page = 0; page < 3; page++) {
      const { notices } = await list({ first: 2, after })
      seen.push(...notices.nodes.map(({ id }: { id: string }) => id))
      expect(notices.pageInfo).toMatchObject({ hasNextPage: page < 2, hasPreviousPage: page > 0 })
      after = notices.pageInfo.endCursor
    }
    expect(seen).toEqual(ids.toReversed())
  })

  it('are marked as read once, and only one’s own', async () => {
    const [id] = await tell('PASSWORD_CHANGED')
    const stranger = await cabinet.accountToken(await insertAccount(cabinet.database, { number: 2 }))
    const mark = async (by: string, ...noticeIds: (string | undefined)[]) =>
      (await cabinet.ask({ query: MARK, variables: { input: { noticeIds } } }, by)).data?.markNoticesRead
    expect(await mark(stranger, id)).toEqual({ __typename: 'NoticeNotFoundError', path: ['noticeIds'] })
    expect((await list()).unreadNoticeCount).toBe(1)
    const first = await mark(token, id, accountId(9), 'nonsense')
    expect(first).toEqual({ __typename: 'MarkNoticesReadSuccess', notices: [{ id, readAt: expect.any(String) }] })
    expect(await mark(token, id)).toEqual(first)
    expect((await list()).unreadNoticeCount).toBe(0)
    expect(await mark(token)).toBeUndefined()
  })

  describe('of a kind that only a later release knows', () => {
    const COUNT = 120
    const kindsWaiting = async () =>
      (
        await cabinet.database.sql<{ kind: string }>(
          'select distinct kind from accounts.notice where dispatched_at is null order by 1',
        )
      ).map(({ kind }) => kind)

    beforeEach(async () => {
      const neighbour = await insertAccount(cabinet.database, { number: 2 })
      for (const [of, count] of [
        [person, 2],
        [neighbour, COUNT - 2],
      ] as const) {
        await cabinet.database.sql(
          `insert into accounts.notice (account_id, id, kind, parameters, created_at)
           select $1, gen_random_uuid(), 'OF_A_LATER_RELEASE', '{}', now() - interval '1 day' from generate_series(1, $2)`,
          [of, count],
        )
      }
    })

    it('hold up no others, and are in no list and no count', async () => {
      const [id] = await tell('PASSWORD_CHANGED')
      await vi.waitFor(async () => expect(await kindsWaiting()).toEqual(['OF_A_LATER_RELEASE']), PATIENCE)
      expect((await messages()).map((message) => message.id)).toEqual([id])
      const { notices, unreadNoticeCount } = await list()
      expect(notices.nodes.map((shown: { id: string }) => shown.id)).toEqual([id])
      expect(unreadNoticeCount).toBe(1)
    })

    it('are told by the release that knows them', async () => {
      await tell('PASSWORD_CHANGED')
      await vi.waitFor(async () => expect(await kindsWaiting()).toEqual(['OF_A_LATER_RELEASE']), PATIENCE)
      await cabinet.database.sql(`update accounts.notice set kind = 'SIM_CHANGED' where kind = 'OF_A_LATER_RELEASE'`)
      const db = connect()
      const hourLater = { now: () => new Date(systemClock.now().getTime() + 3_600_000) }
      while ((await dispatchNotices({ ...NOTIFIER, db, clock: hourLater })) > 0);
      await db.destroy()
      expect(await kindsWaiting()).toEqual([])
      expect(await messages()).toHaveLength(3)
      expect((await list()).unreadNoticeCount).toBe(3)
    })
  })

  it('speak of moments as it is at the operator’s, by message and in the list', async () => {
    await setPolicy(cabinet.database, 'operator.timeZone', 'Asia/Kamchatka')
    await cabinet.database.sql(
      `insert into accounts.notice (account_id, id, kind, parameters, created_at)
       values ($1, $2, 'SIM_CHANGED', '{"until": "2026-11-23T21:30:00Z"}', now())`,
      [person, newId()],
    )
    await untilDispatched()
    const there = 'недоступны до 24.11, 09:30 GMT+12.'
    expect((await list()).notices.nodes[0].text).toContain(there)
    const [message] = await messages()
    expect(openBody(message?.body ?? '', SENDER_SECRETS)).toContain(there)
  })

  it('become messages exactly once under many notifiers, of which some die in the middle', async () => {
    await cabinet.subgraphs.accounts.close()
    const count = 500
    await tell('SIM_CHANGED', person, count)
    const options = { ...NOTIFIER, pollIntervalMs: 10 }
    // Dies after it has queued some messages of its batch.
    const dying = async () => {
      const db = connect()
      let left = 30
      const clock = {
        now: () => {
          if (left-- === 0) throw new Error('killed')
          return systemClock.now()
        },
      }
      await expect(dispatchNotices({ ...options, db, clock })).rejects.toThrow('killed')
      await db.destroy()
    }
    const handles = [connect(), connect(), connect()]
    await dying()
    const notifiers = handles.map((db) => createNotifier({ ...options, db, onMessages: () => undefined }))
    await untilDispatched()
    await Promise.all(notifiers.map((notifier) => notifier.stop()))
    await Promise.all(handles.map((db) => db.destroy()))
    expect(await messages()).toHaveLength(count)
  })
})
