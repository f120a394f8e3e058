import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { insertAccountant } from '../../cli/testing/accountant.ts'
import { type EventStream, openEventStream } from '../../cli/testing/event-stream.ts'
import { accountId, giveAccess, insertAccount, insertCatalogue, insertLine, lineId } from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { readOperations } from '../../schema/operations.ts'
import { createDatedCharges } from './actions/forecast/dated-charges.ts'
import { createCardsInMemory } from './testing/cards-in-memory.ts'
import { createNeighboursInTables } from './testing/neighbours-in-tables.ts'
import { createWorker, type Worker, type WorkerOptions } from './testing/worker.ts'

const OPERATIONS = readOperations()
const OWNER = accountId(1)
const LINE = lineId(1)
const NEVER_MS = 3_600_000
const noneAnswers = () => Promise.reject(new Error('nobody answers'))
const NOBODY = { accounts: noneAnswers, 'linked-numbers': noneAnswers, products: noneAnswers }

describe('the paid live balance', { timeout: 60_000 }, () => {
  let cabinet: TestCabinet
  let worker: Worker
  let now: Date
  const clock = { now: () => now }
  const workers: Worker[] = []
  let keys = 0

  beforeEach(async () => {
    now = new Date('2026-01-31T09:00:00Z')
    cabinet = await openTestCabinet({ clock, recurring: { roundIntervalMs: NEVER_MS } })
    await insertCatalogue(cabinet.database)
    await insertAccount(cabinet.database, { number: 1 })
    await insertLine(cabinet.database, { number: 1, ownerId: OWNER })
    worker = anotherWorker()
  })
  afterEach(async () => {
    for (const each of workers.splice(0)) await each.close()
    await cabinet.close()
  })

  function anotherWorker(options: Pick<WorkerOptions, 'onStatement' | 'ask'> = {}): Worker {
    const made = createWorker({ database: cabinet.database, clock, savedCards: createCardsInMemory(), ...options })
    workers.push(made)
    return made
  }
  const ask = async (file: string, variables: Readonly<Record<string, unknown>>) => {
    const { data, errors } = await cabinet.ask(
      { query: OPERATIONS[file] ?? '', variables },
      await cabinet.accountToken(OWNER),
    )
    expect(errors).toBeUndefined()
    return data
  }
  const enable = async (input: object = {}) => {
    const wish = { lineId: LINE, dailyFee: '1.00', idempotencyKey: `key ${++keys}`, ...input }
    return (await ask('enable-live-balance.graphql', { input: wish })).enableLiveBalance
  }
  const disable = async () =>
    (await ask('disable-live-balance.graphql', { input: { lineId: LINE } })).disableLiveBalance
  const undo = async () => (await ask('undo-live-balance.graphql', { input: { lineId: LINE } })).undoLiveBalance
  const service = async () => (await ask('live-balance.graphql', { lineId: LINE })).line.liveBalance
  const fees = async () =>
    (
      await cabinet.database.sql<{ source_key: string }>(
        `select source_key from payments.ledger_transaction where kind = 'SUBSCRIPTION_FEE' order by source_key`,
      )
    ).map(({ source_key }) => source_key.split(':')[1])
  const acts = async () =>
    (
      await cabinet.database.sql<{ act: string }>(
        `select id, payload ->> 'act' as act, (payload ->> 'occurredAt')::timestamptz as at from payments.outbox
         where payload ->> 'act' like 'LIVE_BALANCE%'
         union select id, kind, at from accounts.act where kind like 'LIVE_BALANCE%' order by at, id`,
      )
    ).map(({ act }) => act.replace('LIVE_BALANCE_', ''))
  const minuteLater = () => {
    now = new Date(now.getTime() + 60_000)
  }
  const setPolicy = (name: string, value: string) =>
    cabinet.database.sql('insert into payments.policy values ($1, 2, $2, $3)', [name, value, now])

  it('shows its fee before it is switched on, and charges that fee and no other', async () => {
    expect(await service()).toEqual({
      isEnabled: false,
      isSuspended: false,
      dailyFee: { amount: '1.00', currencyCode: 'RUB' },
      paidUntil: null,
      nextChargeAt: null,
      undoUntil: null,
    })
    expect(await enable()).toEqual({
      __typename: 'EnableLiveBalanceSuccess',
      line: { id: LINE, liveBalance: { isEnabled: true, paidUntil: '2026-01-31T21:00:00.000Z' } },
    })
    expect(await worker.posted(LINE)).toBe(14_900n)
    const [posted] = await cabinet.database.sql(
      `select consent_id is not null as is_agreed, policy_name, policy_version, details -> 'title' ->> 'en' as title
       from payments.ledger_transaction where kind = 'SUBSCRIPTION_FEE'`,
    )
    expect(posted).toEqual({
      is_agreed: true,
      policy_name: 'liveBalance.dailyFeeKopecks',
      policy_version: 1,
      title: 'Live balance',
    })
  })

  it('is undone within fifteen minutes: off at once, and its fee is back, once however often it is asked', async () => {
    expect(await undo()).toMatchObject({ __typename: 'NotEligibleError', reasons: [{ code: 'UNDO_TOO_LATE' }] })
    await enable()
    expect(await service()).toMatchObject({ undoUntil: '2026-01-31T09:15:00.000Z' })
    now = new Date('2026-01-31T09:14:59Z')
    const undone = await Promise.all(Array.from({ length: 5 }, undo))
    for (const each of undone) expect(each).toMatchObject({ __typename: 'UndoLiveBalanceSuccess' })
    expect(await worker.posted(LINE)).toBe(15_000n)
    const compensations = `select kind, details -> 'title' ->> 'en' as title, consent_id is not null as is_agreed
      from payments.ledger_transaction where source_key like 'live-balance-undo:%'`
    expect(await cabinet.database.sql(compensations)).toEqual([
      { kind: 'COMPENSATION', title: 'Live balance', is_agreed: true },
    ])
    expect(await service()).toMatchObject({ isEnabled: false, paidUntil: null, nextChargeAt: null, undoUntil: null })
    now = new Date('2026-02-01T09:00:00Z')
    await worker.round()
    // Whoever did not hear the answer asks again, after midnight too.
    expect(await undo()).toEqual(undone[0])
    expect(await worker.posted(LINE)).toBe(15_000n)
    await enable()
    await disable()
    expect(await undo()).toMatchObject({ __typename: 'UndoLiveBalanceSuccess' })
    now = new Date('2026-02-02T09:00:00Z')
    await enable()
    now = new Date('2026-02-02T09:15:00Z')
    await disable()
    expect(await undo()).toMatchObject({ reasons: [{ code: 'UNDO_TOO_LATE' }] })
  })

  it('is not undone later, nor twice a day: what is switched on again is charged again', async () => {
    await enable()
    now = new Date('2026-01-31T09:15:00Z')
    expect(await undo()).toMatchObject({ reasons: [{ code: 'UNDO_TOO_LATE' }] })
    now = new Date('2026-02-01T09:00:00Z')
    await disable()
    await enable()
    await undo()
    await enable()
    expect(await worker.posted(LINE)).toBe(14_800n)
    expect(await service()).toMatchObject({ isEnabled: true, undoUntil: null })
    expect(await undo()).toMatchObject({ reasons: [{ code: 'UNDO_TOO_LATE' }] })
    await worker.round()
    expect(await worker.posted(LINE)).toBe(14_800n)
  })

  it('gives back both days that it has charged when midnight came between', async () => {
    now = new Date('2026-01-31T20:55:00Z')
    await enable()
    now = new Date('2026-01-31T21:05:00Z')
    await worker.round()
    expect(await worker.posted(LINE)).toBe(14_800n)
    await undo()
    expect(await worker.posted(LINE)).toBe(15_000n)
  })

  it('charges a day anew for whoever has undone it, though a process whose clock is ahead had charged it before', async () => {
    now = new Date('2026-01-31T20:50:00Z')
    await enable()
    // Another process has midnight behind it already.
    now = new Date('2026-01-31T21:00:02Z')
    await worker.round()
    now = new Date('2026-01-31T20:59:58Z')
    await undo()
    expect(await worker.posted(LINE)).toBe(15_000n)
    now = new Date('2026-01-31T21:01:00Z')
    await enable()
    expect(await worker.posted(LINE)).toBe(14_900n)
    expect(await service()).toMatchObject({ isEnabled: true, paidUntil: '2026-02-01T21:00:00.000Z' })
  })

  describe('on a line that linked numbers hold otherwise', () => {
    const become = (status: string) =>
      cabinet.database.sql('update linked_numbers.line set status = $2 where id = $1', [LINE, status])

    it('is not switched on when the line is closed', async () => {
      await become('CLOSED')
      expect(await enable()).toMatchObject({ __typename: 'LineNotFoundError' })
      expect(await worker.posted(LINE)).toBe(15_000n)
    })

    it('is switched off when the line has been closed, with the next day, and its owner is told so', async () => {
      await enable()
      await become('CLOSED')
      for (let day = 0; day < 3; day++) {
        now = new Date(now.getTime() + 86_400_000)
        await worker.round()
      }
      expect(await fees()).toEqual(['2026-01-31'])
      expect(await acts()).toEqual(['ENABLED', 'ENDED'])
      expect(await service()).toMatchObject({ isEnabled: false, isSuspended: false, nextChargeAt: null })
    })

    it('is switched off too while it waits for money, when that comes', async () => {
      await enable()
      await worker.spend(LINE, 14_900n)
      now = new Date('2026-02-01T09:00:00Z')
      await worker.round()
      await become('CLOSED')
      await worker.topUp(LINE, 10_000n)
      minuteLater()
      await worker.round()
      expect(await worker.posted(LINE)).toBe(10_000n)
      expect(await acts()).toEqual(['ENABLED', 'SUSPENDED', 'ENDED'])
    })

    it('costs nothing on days that begin while the line is blocked, and goes on after them', async () => {
      await enable()
      await become('BLOCKED')
      for (const hour of ['01-31T21', '02-01T09', '02-01T21']) {
        now = new Date(`2026-${hour}:00:00Z`)
        await worker.round()
      }
      expect(await service()).toMatchObject({ isEnabled: true, nextChargeAt: '2026-02-02T21:00:00.000Z' })
      await become('ACTIVE')
      now = new Date('2026-02-02T21:00:00Z')
      await worker.round()
      expect(await fees()).toEqual(['2026-01-31', '2026-02-03'])
      expect(await acts()).toEqual(['ENABLED'])
    })

    it('is charged for nothing while linked numbers are away, and for the day once they are back', async () => {
      await enable()
      const alone = anotherWorker({ ask: NOBODY })
      now = new Date('2026-01-31T21:00:00Z')
      await expect(alone.round()).rejects.toThrow('not available')
      expect(await fees()).toEqual(['2026-01-31'])
      await worker.round()
      expect(await fees()).toEqual(['2026-01-31', '2026-02-01'])
    })

    it('asks of all lines whose day is over at once', async () => {
      for (const number of [2, 3]) {
        await insertLine(cabinet.database, { number, ownerId: OWNER })
        await enable({ lineId: lineId(number) })
      }
      await enable()
      let asked = 0
      const ask = createNeighboursInTables(cabinet.database)
      const counting = anotherWorker({
        ask: {
          ...ask,
          async 'linked-numbers'(question) {
            asked++
            return ask['linked-numbers'](question)
          },
        },
      })
      now = new Date('2026-01-31T21:00:00Z')
      await counting.round()
      expect(await fees()).toHaveLength(6)
      expect(asked).toBe(1)
    })
  })

  describe('in an organization', () => {
    async function ofOrganization(monthlyLimitKopecks: number) {
      const organization = await insertAccount(cabinet.database, { number: 2, kind: 'ORGANIZATION' })
      const member = await insertAccountant(cabinet, { organization, number: 3, monthlyLimitKopecks })
      await insertLine(cabinet.database, { number: 2, ownerId: organization })
      const as = async (file: string, input: object) => {
        const query = OPERATIONS[file] ?? ''
        const variables = { input: { lineId: lineId(2), ...input } }
        const { data } = await cabinet.ask({ query, variables }, await member.token('administrator'))
        return Object.values<{ readonly __typename: string }>(data)[0]
      }
      const spent = async () =>
        cabinet.database.sql<{ spent: number }>('select spent::int from payments.member_spending')
      return {
        ...{ member, spent },
        enable: () => as('enable-live-balance.graphql', { dailyFee: '1.00', idempotencyKey: `key ${++keys}` }),
        disable: () => as('disable-live-balance.graphql', {}),
        undo: () => as('undo-live-balance.graphql', {}),
      }
    }

    it('is of the month of the member who switches it on, and comes back to it when it is undone', async () => {
      const { enable, undo, spent, member } = await ofOrganization(150)
      expect(await enable()).toMatchObject({ __typename: 'EnableLiveBalanceSuccess' })
      expect(await spent()).toEqual([{ spent: 100 }])
      await member.limit(0)
      expect(await undo()).toMatchObject({ __typename: 'UndoLiveBalanceSuccess' })
      expect(await spent()).toEqual([{ spent: 0 }])
    })

    it('comes back to the month in which it was counted, without the day that came round by itself', async () => {
      now = new Date('2026-01-31T20:55:00Z')
      const { enable, undo, spent } = await ofOrganization(150)
      await enable()
      now = new Date('2026-01-31T21:05:00Z')
      await worker.round()
      expect(await spent()).toEqual([{ spent: 100 }])
      await undo()
      expect(await spent()).toEqual([{ spent: 0 }])
      expect(await worker.posted(lineId(2))).toBe(15_000n)
    })

    it('is not switched on over the limit of a member, even on a day that is paid, for the next ones are not', async () => {
      const { enable, disable, member, spent } = await ofOrganization(99)
      const refused = { __typename: 'NotEligibleError', reasons: [{ code: 'MEMBER_LIMIT' }] }
      expect(await enable()).toMatchObject(refused)
      await member.limit(100)
      expect(await enable()).toMatchObject({ __typename: 'EnableLiveBalanceSuccess' })
      await disable()
      expect(await enable()).toMatchObject(refused)
      await member.limit(200)
      expect(await enable()).toMatchObject({ __typename: 'EnableLiveBalanceSuccess' })
      expect(await spent()).toEqual([{ spent: 100 }])
    })

    it('is not switched on by who is no member any more, whatever their token says', async () => {
      const { enable, member } = await ofOrganization(1_000)
      await member.demote()
      expect(await enable()).toMatchObject({ __typename: 'LineNotFoundError' })
    })
  })

  it('is switched on once by one key, and not by one that was used for another', async () => {
    const first = await enable({ idempotencyKey: 'the key' })
    expect(await enable({ idempotencyKey: 'the key' })).toEqual(first)
    expect((await enable({ idempotencyKey: 'the key', dailyFee: '2' })).__typename).toBe('IdempotencyKeyReusedError')
    expect((await enable({ idempotencyKey: '' })).__typename).toBe('InvalidIdempotencyKeyError')
    expect(await fees()).toEqual(['2026-01-31'])
    expect(await acts()).toEqual(['ENABLED'])
  })

  it('is not switched on in one cabinet by what its key did in another', async () => {
    await enable({ idempotencyKey: 'the key' })
    const organization = await insertAccount(cabinet.database, { number: 2 })
    await giveAccess(cabinet.database, { lineId: LINE, accountId: organization, rights: 7 })
    const acting = { kind: 'account', personId: OWNER, sessionId: organization, organizationRole: 'owner' } as const
    const token = await cabinet.signPrincipal({ ...acting, accountId: organization })
    const input = { lineId: LINE, dailyFee: '1.00', idempotencyKey: 'the key' }
    const { data } = await cabinet.ask(
      { query: OPERATIONS['enable-live-balance.graphql'] ?? '', variables: { input } },
      token,
    )
    expect(data.enableLiveBalance.__typename).toBe('IdempotencyKeyReusedError')
  })

  it('names all that stands against it, and gives the same answer to the same key', async () => {
    await worker.spend(LINE, 14_950n)
    await cabinet.database.sql('insert into payments.spend_cap values ($1, 14960, $2, now())', [LINE, OWNER])
    const refused = await enable({ dailyFee: '0.50', idempotencyKey: 'refused' })
    expect(refused.reasons).toEqual([
      expect.objectContaining({ code: 'FEE_CHANGED', message: 'Плата теперь другая: 1,00\u00a0₽ в день.' }),
      expect.objectContaining({ code: 'NOT_ENOUGH_MONEY', remedy: 'Пополните номер хотя бы на 0,50\u00a0₽.' }),
      expect.objectContaining({
        code: 'SPEND_CAP_REACHED',
        message: 'Предел расходов на месяц 149,60\u00a0₽, осталось 0,10\u00a0₽.',
        remedy: expect.stringMatching(/подождите до 1 февраля 2026.г\. в 00:00\.$/),
      }),
    ])
    expect(await enable({ dailyFee: '0.50', idempotencyKey: 'refused' })).toEqual(refused)
    expect(await fees()).toEqual([])
  })

  it('is charged each day once, however many look and whichever of their statements they die after', async () => {
    await enable()
    let statements = 0
    const counted = anotherWorker({ onStatement: () => statements++ })
    now = new Date('2026-01-31T21:00:00Z')
    await counted.round()
    const perRound = statements
    expect(await fees()).toHaveLength(2)
    for (let fatal = 1; fatal <= perRound; fatal++) {
      now = new Date(now.getTime() + 86_400_000)
      let done = 0
      const dying = anotherWorker({
        onStatement: () => {
          if (++done >= fatal) throw new Error('the process dies here')
        },
      })
      await Promise.all([dying.round().catch(() => undefined), worker.round()])
      await worker.round()
      expect(await fees(), `after statement ${fatal}`).toHaveLength(fatal + 2)
    }
    expect(new Set(await fees()).size).toBe(perRound + 2)
    expect(await worker.posted(LINE)).toBe(15_000n - BigInt(perRound + 2) * 100n)
  })

  it('charges no day twice, even if what is written of the service is set back', async () => {
    await enable()
    await cabinet.database.sql(`update payments.live_balance set paid_until = null, next_charge_at = 'epoch'`)
    await worker.round()
    expect(await worker.posted(LINE)).toBe(14_900n)
    expect(await service()).toMatchObject({ paidUntil: '2026-01-31T21:00:00.000Z' })
  })

  it('does not charge days on which nobody looked', async () => {
    await enable()
    now = new Date('2026-02-10T09:00:00Z')
    for (let round = 0; round < 2; round++) await worker.round()
    expect(await fees()).toEqual(['2026-01-31', '2026-02-10'])
  })

  it('waits for money and tells so once, and goes on with the day on which it comes', async () => {
    await enable()
    await worker.spend(LINE, 14_850n)
    for (let day = 0; day < 3; day++) {
      now = new Date(now.getTime() + 86_400_000)
      await worker.round()
    }
    expect(await acts()).toEqual(['ENABLED', 'SUSPENDED'])
    expect(await service()).toMatchObject({ isEnabled: true, isSuspended: true, nextChargeAt: null })
    await worker.topUp(LINE, 49n)
    await worker.round()
    expect(await acts()).toHaveLength(2)
    minuteLater()
    await worker.topUp(LINE, 1n)
    await worker.round()
    expect(await acts()).toEqual(['ENABLED', 'SUSPENDED', 'RESUMED'])
    expect(await fees()).toEqual(['2026-01-31', '2026-02-03'])
    expect(await worker.posted(LINE)).toBe(0n)
  })

  it('goes on under a cap that came later: its fee was agreed to', async () => {
    await enable()
    await cabinet.database.sql('insert into payments.spend_cap values ($1, 100, $2, now())', [LINE, OWNER])
    now = new Date('2026-01-31T21:00:00Z')
    await worker.round()
    expect(await fees()).toHaveLength(2)
  })

  it('keeps the fee that was agreed to while the operator’s is another', async () => {
    await enable()
    await setPolicy('liveBalance.dailyFeeKopecks', '300')
    now = new Date('2026-02-01T09:00:00Z')
    await worker.round()
    expect(await worker.posted(LINE)).toBe(14_800n)
    expect(await service()).toMatchObject({ dailyFee: { amount: '1.00' } })
    await disable()
    expect(await service()).toMatchObject({ isEnabled: false, dailyFee: { amount: '3.00' } })
  })

  it('when it is switched off charges nothing more, and nothing twice when it is switched on again that day', async () => {
    await enable()
    minuteLater()
    for (let time = 0; time < 2; time++) expect((await disable()).__typename).toBe('DisableLiveBalanceSuccess')
    minuteLater()
    await enable()
    expect(await fees()).toEqual(['2026-01-31'])
    minuteLater()
    await disable()
    now = new Date('2026-02-05T09:00:00Z')
    await worker.round()
    expect(await fees()).toEqual(['2026-01-31'])
    expect(await acts()).toEqual(['ENABLED', 'DISABLED', 'ENABLED', 'DISABLED'])
  })

  it('tells which days it will charge, and then charges them', async () => {
    const until = new Date('2026-02-03T09:00:00Z')
    const coming = async () => (await createDatedCharges(worker.dependencies)([LINE, lineId(9)], { now, until })) ?? []
    expect(await coming()).toEqual([])
    await enable()
    const told = await coming()
    expect(told.map(({ dueAt, amount }) => [dueAt.toISOString(), amount])).toEqual([
      ['2026-01-31T21:00:00.000Z', -100n],
      ['2026-02-01T21:00:00.000Z', -100n],
      ['2026-02-02T21:00:00.000Z', -100n],
    ])
    for (const { dueAt } of told) {
      now = dueAt
      await worker.round()
    }
    expect(await worker.posted(LINE)).toBe(15_000n - 400n)
    await disable()
    expect(await coming()).toEqual([])
  })

  describe('where the operator requires it for the stream of changes', () => {
    let stream: EventStream | undefined
    afterEach(() => stream?.close())

    async function watch(): Promise<unknown> {
      stream?.close()
      const query = OPERATIONS['balance-changed.graphql'] ?? ''
      stream = await openEventStream(cabinet, { query, variables: { lineId: LINE } }, await cabinet.accountToken(OWNER))
      return JSON.parse((await stream.next()) ?? 'null').data.balanceChanged
    }

    it('is needed to watch one’s line, for as long as it is paid', async () => {
      expect(await watch()).not.toBeNull()
      await setPolicy('liveBalance.isRequired', 'true')
      // Policies are read anew each second.
      now = new Date(now.getTime() + 2_000)
      expect(await watch()).toBeNull()
      await enable()
      expect(await watch()).toMatchObject({ line: { balance: { available: { amount: '149.00' } } } })
      await worker.spend(LINE, 100n)
      expect(JSON.parse((await stream?.next()) ?? 'null').data.balanceChanged.line.balance).toMatchObject({
        available: { amount: '148.00' },
      })
      await disable()
      expect(await watch()).not.toBeNull()
      now = new Date('2026-02-01T09:00:00Z')
      expect(await watch()).toBeNull()
    })
  })
})
