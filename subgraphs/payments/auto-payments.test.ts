import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  accountId,
  giveAccess,
  insertAccount,
  insertCard,
  insertCatalogue,
  insertLine,
  lineId,
  promiseKopecks,
} from '../../cli/testing/fixture.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { readOperations } from '../../schema/operations.ts'
import { type CardsInMemory, createCardsInMemory } from './testing/cards-in-memory.ts'
import { createWorker, type Worker, type WorkerOptions } from './testing/worker.ts'

const OPERATIONS = readOperations()
const OWNER = accountId(1)
const FRIEND = accountId(2)
const LINE = lineId(1)
const CARD = '01900007-0000-7000-8000-000000000001'
const NEVER_MS = 3_600_000

describe('automatic payments', { timeout: 60_000 }, () => {
  let cabinet: TestCabinet
  let cards: CardsInMemory
  let worker: Worker
  let now: Date
  const clock = { now: () => now }
  const workers: Worker[] = []

  beforeEach(async () => {
    now = new Date('2026-01-31T09:00:00Z')
    cards = createCardsInMemory()
    cabinet = await openTestCabinet({ clock, recurring: { savedCards: cards, roundIntervalMs: NEVER_MS } })
    await insertCatalogue(cabinet.database)
    for (const number of [1, 2]) {
      await insertCard(cabinet.database, { accountId: await insertAccount(cabinet.database, { number }), id: CARD })
    }
    await insertLine(cabinet.database, { number: 1, ownerId: OWNER })
    worker = anotherWorker()
  })
  afterEach(async () => {
    for (const each of workers.splice(0)) await each.close()
    await cabinet.close()
  })

  function anotherWorker(options: Pick<WorkerOptions, 'onStatement' | 'ask'> = {}): Worker {
    const { database } = cabinet
    const made = createWorker({ database, clock, savedCards: cards, ...options })
    workers.push(made)
    return made
  }
  const ask = async (file: string, variables: object, account = OWNER) =>
    cabinet.ask({ query: OPERATIONS[file] ?? '', variables: { ...variables } }, await cabinet.accountToken(account))
  async function set(input: object, account = OWNER) {
    const wish = { lineId: LINE, cardId: CARD, amount: '100.00', ...input }
    const { data, errors } = await ask('set-auto-payment.graphql', { input: wish }, account)
    expect(errors).toBeUndefined()
    return data.setAutoPayment
  }
  const list = async (account = OWNER) =>
    (await ask('auto-payments.graphql', { lineId: LINE }, account)).data.line.autoPayments
  const later = (minutes: number) => {
    now = new Date(now.getTime() + minutes * 60_000)
  }
  /** What an account is told of, whether accounts have the event yet or not. */
  const acts = async (account = OWNER) =>
    cabinet.database.sql<{ act: string }>(
      `select id, payload ->> 'act' as act from payments.outbox where payload ->> 'accountId' = $1::text
       union select id, kind from accounts.act where account_id = $1::uuid`,
      [account],
    )
  const told = async (act: string, account = OWNER) => (await acts(account)).filter((row) => row.act === act).length
  /** What the owner finds in the cabinet, in the order of the alphabet. */
  async function notices(): Promise<string[]> {
    const query = '{ viewer { notices(first: 20) { nodes { text } } } }'
    const { data } = await cabinet.ask({ query }, await cabinet.accountToken(OWNER))
    return data.viewer.notices.nodes.map(({ text }: { text: string }) => text).sort()
  }
  const attempts = () =>
    cabinet.database.sql<{ occasion: string; try: number; state: string }>(
      'select occasion, try, state from payments.auto_payment_attempt order by begun_at, occasion, try',
    )
  const promise = () =>
    promiseKopecks(cabinet.database, {
      ...{ lineId: LINE, kopecks: 3_000, accountId: OWNER },
      at: new Date('2026-01-31T00:00:00Z'),
    })
  const promisesLeft = async () =>
    (await cabinet.database.sql('select from payments.promised_payment where ended_at is null')).length

  describe('are set', () => {
    it('by threshold and by calendar, one of each, and shown with what comes next', async () => {
      expect(await set({ threshold: '100' })).toEqual({
        __typename: 'SetAutoPaymentSuccess',
        autoPayment: { id: expect.any(String), isEnabled: true, nextAttemptAt: null },
      })
      // The 31st, at ten in Moscow; February has no such day.
      expect(await set({ schedule: 'MONTHLY', monthlyCap: '500' })).toMatchObject({
        autoPayment: { isEnabled: true, nextAttemptAt: '2026-02-28T07:00:00.000Z' },
      })
      expect(await list()).toMatchObject([
        { schedule: 'MONTHLY', threshold: null, monthlyCap: { amount: '500.00' }, isPaidByViewer: true },
        { schedule: null, threshold: { amount: '100.00' }, monthlyCap: null, stoppedBy: null },
      ])
    })

    it('anew in place of what was set, keeping the days of the same calendar', async () => {
      const first = await set({ schedule: 'WEEKLY' })
      later(3 * 1_440)
      const again = await set({ schedule: 'WEEKLY', amount: '200' })
      expect(again.autoPayment).toEqual(first.autoPayment)
      const daily = await set({ schedule: 'DAILY' })
      expect(daily.autoPayment).toEqual({ ...first.autoPayment, nextAttemptAt: '2026-02-04T07:00:00.000Z' })
      expect(await list()).toHaveLength(1)
    })

    it('not when rules stand against it, and all of them are named with what would mend them', async () => {
      cards.removed.add(CARD)
      const query = `mutation ($input: SetAutoPaymentInput!) { setAutoPayment(input: $input) {
        ... on NotEligibleError { reasons { code message remedy } } } }`
      const ask = async (input: object) => {
        const variables = { input: { lineId: LINE, cardId: CARD, ...input } }
        const { data } = await cabinet.ask({ query, variables }, await cabinet.accountToken(OWNER))
        return data.setAutoPayment.reasons
      }
      const reasons = await ask({ amount: '49.99', threshold: '29.99', schedule: 'DAILY', monthlyCap: '10' })
      expect(reasons.map(({ code }: { code: string }) => code)).toEqual([
        'AMOUNT_OUT_OF_RANGE',
        'THRESHOLD_OUT_OF_RANGE',
        'THRESHOLD_AND_SCHEDULE',
        'CAP_BELOW_AMOUNT',
        'CARD_NOT_FOUND',
      ])
      expect(reasons[0]).toEqual({
        code: 'AMOUNT_OUT_OF_RANGE',
        message: expect.stringContaining('Сумма автоплатежа'),
        remedy: 'Укажите от 50,00\u00a0₽ до 10\u00a0000,00\u00a0₽.',
      })
      cards.removed.clear()
      expect(await ask({ amount: '10000.01' })).toMatchObject([
        { code: 'AMOUNT_OUT_OF_RANGE' },
        { code: 'THRESHOLD_OR_SCHEDULE_REQUIRED' },
      ])
      expect(await ask({ amount: '50', threshold: '10000' })).toBeUndefined()
    })

    it('with amounts that are amounts', async () => {
      const wrong = [{ amount: '1.001' }, { amount: '0' }, { threshold: '-5' }, { threshold: '50', monthlyCap: '0' }]
      const paths = [['amount'], ['amount'], ['threshold'], ['monthlyCap']]
      for (const [index, input] of wrong.entries()) {
        expect(await set(input)).toMatchObject({ __typename: 'InvalidAmountError', path: paths[index] })
      }
    })

    it('by whoever may pay for the line, with their own card', async () => {
      await giveAccess(cabinet.database, { lineId: LINE, accountId: FRIEND, rights: 2 })
      expect((await set({ threshold: '100' }, FRIEND)).__typename).toBe('SetAutoPaymentSuccess')
      expect(await list()).toMatchObject([{ isPaidByViewer: false }])
      expect(await list(FRIEND)).toMatchObject([{ isPaidByViewer: true }])
      expect(await told('AUTO_PAYMENT_SET', OWNER)).toBe(1)
      expect(await told('AUTO_PAYMENT_SET', FRIEND)).toBe(1)
    })

    it('and shows the card to whose it is, and to nobody else', async () => {
      await giveAccess(cabinet.database, { lineId: LINE, accountId: FRIEND, rights: 3 })
      await set({ threshold: '100' })
      expect(await list()).toMatchObject([{ card: { id: CARD, brand: 'Mir', last4: '1234' } }])
      expect(await list(FRIEND)).toMatchObject([{ card: null }])
      await cabinet.database.sql('delete from payments.card where account_id = $1', [OWNER])
      expect(await list()).toMatchObject([{ card: null }])
    })

    it('and is found and switched off by whoever may only manage the line', async () => {
      await giveAccess(cabinet.database, { lineId: LINE, accountId: FRIEND, rights: 4 })
      await set({ threshold: '100' })
      const [found] = await list(FRIEND)
      expect(found).toMatchObject({ isEnabled: true, isPaidByViewer: false, card: null })
      const input = { lineId: LINE, autoPaymentId: found.id }
      const { data } = await ask('disable-auto-payment.graphql', { input }, FRIEND)
      expect(data.disableAutoPayment).toMatchObject({ __typename: 'DisableAutoPaymentSuccess' })
    })

    it('and switched off, once or more often', async () => {
      const { autoPayment } = await set({ threshold: '100' })
      const input = { lineId: LINE, autoPaymentId: autoPayment.id }
      for (let time = 0; time < 2; time++) {
        const { data } = await ask('disable-auto-payment.graphql', { input })
        expect(data.disableAutoPayment).toEqual({
          __typename: 'DisableAutoPaymentSuccess',
          autoPayment: { id: autoPayment.id, isEnabled: false, stoppedBy: 'SUBSCRIBER' },
        })
      }
      await worker.spend(LINE, 14_000n)
      await worker.round()
      expect(cards.askings).toEqual([])
      const missing = await ask('disable-auto-payment.graphql', { input: { lineId: LINE, autoPaymentId: CARD } })
      expect(missing.data.disableAutoPayment.__typename).toBe('AutoPaymentNotFoundError')
    })
  })

  describe('by threshold', () => {
    it('fire once when less is left than the threshold, and not before', async () => {
      await set({ threshold: '100' })
      await worker.spend(LINE, 5_000n)
      await worker.round()
      expect(cards.askings).toEqual([])
      await worker.spend(LINE, 1n)
      for (let round = 0; round < 3; round++) await worker.round()
      expect(cards.askings).toHaveLength(1)
      expect(await worker.posted(LINE)).toBe(19_999n)
      const payments = await cabinet.database.sql('select kind, status, amount, account_id from payments.payment')
      expect(payments).toEqual([{ kind: 'AUTO_TOP_UP', status: 'SUCCEEDED', amount: 10_000n, account_id: OWNER }])
      expect(await told('AUTO_PAYMENT_MADE')).toBe(1)
      await worker.spend(LINE, 10_000n)
      await worker.round()
      expect(cards.taken.size).toBe(2)
    })

    it('wake for money that is set aside, too', async () => {
      await set({ threshold: '100' })
      await cabinet.database.sql(
        `insert into payments.hold (line_id, id, unit, amount, kind, source_key, created_at, expires_at)
         values ($1, $1, 'KOPECK', 5001, 'PURCHASE', 'test', '2026-01-01', '2027-01-01')`,
        [LINE],
      )
      await worker.round()
      expect(cards.taken.size).toBe(1)
    })

    it('do nothing when the money has come from elsewhere meanwhile, and wait for the next fall', async () => {
      await set({ threshold: '100' })
      await worker.spend(LINE, 6_000n)
      await worker.topUp(LINE, 5_000n)
      await worker.round()
      expect(cards.askings).toEqual([])
      await worker.spend(LINE, 5_000n)
      await worker.round()
      expect(cards.taken.size).toBe(1)
    })

    it('pause while one payment is not enough; setting the same again does not take it again', async () => {
      await set({ threshold: '1000' })
      await worker.round()
      for (let time = 0; time < 3; time++) {
        await set({ threshold: '1000' })
        await worker.round()
      }
      expect(cards.taken.size).toBe(1)
      expect(await list()).toMatchObject([{ nextAttemptAt: '2026-01-31T10:00:00.000Z' }])
      later(60)
      await worker.round()
      expect(cards.taken.size).toBe(2)
    })
  })

  describe('by calendar', () => {
    it('fire once on each day of theirs, on the last of a month that is too short', async () => {
      await set({ schedule: 'MONTHLY' })
      const days: string[] = []
      for (let quarter = 0; quarter < 4 * 125; quarter++) {
        const before = cards.taken.size
        await worker.round()
        if (cards.taken.size > before) days.push(now.toISOString().slice(0, 13))
        later(6 * 60)
      }
      expect(days).toEqual(['02-28', '03-31', '04-30', '05-31'].map((day) => `2026-${day}T09`))
      expect((await attempts()).map(({ occasion }) => occasion)).toEqual([
        '2026-02-28',
        '2026-03-31',
        '2026-04-30',
        '2026-05-31',
      ])
    })

    it('do not make up for days on which nobody looked', async () => {
      await set({ schedule: 'DAILY' })
      later(10 * 1_440)
      for (let round = 0; round < 3; round++) await worker.round()
      expect(cards.taken.size).toBe(1)
      expect(await list()).toMatchObject([{ nextAttemptAt: '2026-02-11T07:00:00.000Z' }])
    })

    it('take the card once on a day, the one on which they make up for another included', async () => {
      await set({ schedule: 'DAILY' })
      // Nobody looks on the first, and on the second not before eight.
      now = new Date('2026-02-02T05:00:00Z')
      await worker.round()
      expect(cards.taken.size).toBe(1)
      expect(await list()).toMatchObject([{ nextAttemptAt: '2026-02-03T07:00:00.000Z' }])
    })

    it('take it on the next day, too, when it is only the answer that came after midnight', async () => {
      await set({ schedule: 'DAILY' })
      cards.behave(() => 'loseAnswer')
      now = new Date('2026-02-01T07:00:00Z')
      await worker.round()
      cards.behave(() => 'succeed')
      now = new Date('2026-02-01T22:00:00Z')
      await worker.round()
      expect(cards.taken.size).toBe(1)
      expect(await list()).toMatchObject([{ nextAttemptAt: '2026-02-02T07:00:00.000Z' }])
    })
  })

  describe('when the bank refuses', () => {
    it('try again with growing pauses, tell of each refusal, and are off after the third', async () => {
      cards.behave(() => 'refuse')
      await set({ threshold: '100' })
      await worker.spend(LINE, 6_000n)
      const asked: number[] = []
      for (let minute = 0; minute <= 3_000; minute += 30) {
        const before = cards.askings.length
        await worker.round()
        if (cards.askings.length > before) asked.push(minute)
        later(30)
      }
      expect(asked).toEqual([0, 60, 1_500])
      expect(new Set(cards.askings.map(({ idempotenceKey }) => idempotenceKey)).size).toBe(3)
      expect(await list()).toMatchObject([{ isEnabled: false, stoppedBy: 'REFUSALS', nextAttemptAt: null }])
      expect(await told('AUTO_PAYMENT_REFUSED')).toBe(3)
      await expect
        .poll(notices, { timeout: 20_000 })
        .toEqual([
          'Автоплатёж выключен: банк отказал несколько раз подряд. Настройте его снова в личном кабинете.',
          'Банк отклонил автоплатёж на 100,00 ₽. Проверьте карту или пополните номер иначе.',
          'Банк отклонил автоплатёж на 100,00 ₽. Проверьте карту или пополните номер иначе.',
          'Банк отклонил автоплатёж на 100,00 ₽. Проверьте карту или пополните номер иначе.',
        ])
      expect(await told('AUTO_PAYMENT_STOPPED')).toBe(1)
      expect(await attempts()).toMatchObject([
        { occasion: '1', try: 1, state: 'REFUSED' },
        { occasion: '1', try: 2 },
        { occasion: '1', try: 3 },
      ])
      expect(await worker.posted(LINE)).toBe(9_000n)
    })

    it('count refusals in a row only, and begin anew when they are set again', async () => {
      let isRefusing = true
      cards.behave(() => (isRefusing ? 'refuse' : 'succeed'))
      await set({ threshold: '100' })
      await worker.spend(LINE, 6_000n)
      await worker.round()
      isRefusing = false
      later(60)
      await worker.round()
      expect(cards.taken.size).toBe(1)
      isRefusing = true
      for (let time = 0; time < 2; time++) {
        await worker.spend(LINE, time === 0 ? 10_000n : 1n)
        await worker.round()
        later(1_440)
      }
      expect(await list()).toMatchObject([{ isEnabled: true }])
      await worker.round()
      expect(await list()).toMatchObject([{ isEnabled: false }])
      isRefusing = false
      await set({ threshold: '100' })
      await worker.round()
      expect(cards.taken.size).toBe(2)
    })
  })

  describe('when another card is set', () => {
    const OTHER_CARD = '01900007-0000-7000-8000-000000000002'
    const refusals = async () => {
      const [row] = await cabinet.database.sql<{ refusals: number }>('select refusals from payments.auto_payment')
      return row?.refusals
    }

    it.each([{ threshold: '200' }, { schedule: 'DAILY' }])(
      'do not wait for what the first refused: %o',
      async (terms) => {
        cards.behave(({ cardId }) => (cardId === CARD ? 'refuse' : 'succeed'))
        await set(terms)
        later(1_440)
        await worker.round()
        expect(cards.askings).toHaveLength(1)
        later(1)
        await set({ ...terms, amount: '90.00' })
        await worker.round()
        expect(cards.askings).toHaveLength(1)
        await set({ ...terms, cardId: OTHER_CARD })
        await worker.round()
        expect(cards.askings).toHaveLength(2)
        expect([...cards.taken.values()]).toMatchObject([{ cardId: OTHER_CARD }])
      },
    )

    it('do not count what is refused of the first since, and go on with the other at once', async () => {
      const { promise: isLate, resolve: arrive } = Promise.withResolvers<void>()
      const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>()
      cards.behave(({ cardId }) => (cardId === CARD ? 'refuse' : 'succeed'))
      cards.delay(async ({ cardId }) => {
        if (cardId !== CARD) return
        asked()
        await isLate
      })
      await set({ threshold: '200' })
      const slow = worker.round()
      await isAsked
      await set({ threshold: '200', cardId: OTHER_CARD })
      // There is an answer to be waited for.
      await anotherWorker().round()
      expect(cards.askings).toHaveLength(1)
      arrive()
      await slow
      expect(await told('AUTO_PAYMENT_REFUSED')).toBe(1)
      expect(await refusals()).toBe(0)
      await worker.round()
      expect([...cards.taken.values()]).toMatchObject([{ cardId: OTHER_CARD }])
    })
  })

  describe('when something is wrong on our side', () => {
    it('wait for an acquirer to be there again, and are not off', async () => {
      await set({ schedule: 'DAILY' })
      cards.isThere = false
      later(1_440)
      await worker.round()
      expect(await list()).toMatchObject([{ isEnabled: true, nextAttemptAt: '2026-02-01T10:00:00.000Z' }])
      cards.isThere = true
      later(60)
      await worker.round()
      expect(cards.taken.size).toBe(1)
    })

    it('try again with pauses, for as long as it takes, and neither count nor tell what was not made', async () => {
      cards.behave(() => 'makeNothing')
      await set({ threshold: '200' })
      for (let hour = 0; hour < 5; hour++) {
        await worker.round()
        later(60)
      }
      expect(cards.askings).toHaveLength(5)
      expect(await told('AUTO_PAYMENT_REFUSED')).toBe(0)
      const payments = await cabinet.database.sql('select distinct status, failure from payments.payment')
      expect(payments).toEqual([{ status: 'FAILED', failure: 'NOT_ACCEPTED' }])
      cards.behave(() => 'succeed')
      await worker.round()
      expect(cards.taken.size).toBe(1)
    })

    it('are off when the bank has something else than it was asked for', async () => {
      cards.behave(() => 'makeAnother')
      await set({ threshold: '200' })
      await worker.round()
      expect(await list()).toMatchObject([{ isEnabled: false, stoppedBy: 'REFUSALS' }])
      later(2_000)
      await worker.round()
      expect(cards.askings).toHaveLength(1)
    })
  })

  it('take no more in a month than their cap, tell of it once, and go on in the next', async () => {
    await set({ threshold: '100', monthlyCap: '250' })
    for (let time = 0; time < 4; time++) {
      const left = await worker.posted(LINE)
      if (left > 5_000n) await worker.spend(LINE, left - 5_000n)
      await worker.round()
      later(61)
    }
    expect(cards.taken.size).toBe(2)
    expect(await told('AUTO_PAYMENT_CAP_REACHED')).toBe(1)
    // February begins in Moscow.
    expect(await list()).toMatchObject([{ isEnabled: true, nextAttemptAt: '2026-01-31T21:00:00.000Z' }])
    now = new Date('2026-01-31T21:00:00Z')
    await worker.round()
    expect(cards.taken.size).toBe(3)
  })

  it('go on at once when their cap is raised', async () => {
    await set({ threshold: '100', monthlyCap: '150' })
    for (let time = 0; time < 2; time++) {
      await worker.spend(LINE, (await worker.posted(LINE)) - 5_000n)
      await worker.round()
      later(61)
    }
    expect(await told('AUTO_PAYMENT_CAP_REACHED')).toBe(1)
    await set({ threshold: '100', monthlyCap: '160' })
    await worker.round()
    expect(cards.taken.size).toBe(1)
    expect(await told('AUTO_PAYMENT_CAP_REACHED')).toBe(2)
    await set({ threshold: '100', monthlyCap: '200' })
    await worker.round()
    expect(cards.taken.size).toBe(2)
  })

  it('are off for whoever reads as soon as their card or their payer’s right is gone, and as they were when it is back', async () => {
    const { sql } = cabinet.database
    const friend = { lineId: LINE, accountId: FRIEND }
    await giveAccess(cabinet.database, { ...friend, rights: 2 })
    await set({ schedule: 'WEEKLY' }, FRIEND)
    await set({ threshold: '100' }, FRIEND)
    const before = await list()
    expect(before).toMatchObject([{ isEnabled: true, nextAttemptAt: '2026-02-07T07:00:00.000Z' }, { isEnabled: true }])
    const off = (stoppedBy: string) => {
      const one = { isEnabled: false, stoppedBy, nextAttemptAt: null }
      return [one, one]
    }
    await sql('update payments.line_access set until = $2 where account_id = $1', [FRIEND, now])
    expect(await list()).toMatchObject(off('NO_RIGHTS'))
    await sql('update payments.line_access set until = null, rights = 5 where account_id = $1', [FRIEND])
    expect(await list()).toMatchObject(off('NO_RIGHTS'))
    await sql('update payments.line_access set rights = 2 where account_id = $1', [FRIEND])
    expect(await list()).toEqual(before)
    const input = { cardId: CARD }
    expect((await ask('remove-card.graphql', { input }, FRIEND)).data.removeCard.__typename).toBe('RemoveCardSuccess')
    expect(await list()).toMatchObject(off('NO_CARD'))
  })

  it('stop when their payer may not pay any more, or has no such card any more', async () => {
    await giveAccess(cabinet.database, { lineId: LINE, accountId: FRIEND, rights: 2 })
    await set({ schedule: 'DAILY' }, FRIEND)
    await cabinet.database.sql('update payments.line_access set rights = 1 where account_id = $1', [FRIEND])
    later(1_440)
    await worker.round()
    expect(await list()).toMatchObject([{ stoppedBy: 'NO_RIGHTS' }])
    expect(await told('AUTO_PAYMENT_STOPPED', FRIEND)).toBe(1)
    await set({ schedule: 'DAILY' })
    cards.removed.add(CARD)
    later(1_440)
    await worker.round()
    expect(await list()).toMatchObject([{ stoppedBy: 'NO_CARD' }])
    expect(cards.askings).toEqual([])
  })

  describe('of a line that is closed', () => {
    const close = () => cabinet.database.sql(`update linked_numbers.line set status = 'CLOSED' where id = $1`, [LINE])

    it('are not set', async () => {
      await close()
      expect((await set({ threshold: '200' })).__typename).toBe('LineNotFoundError')
    })

    it('charge nobody’s card: they are off before the next time, and that is told', async () => {
      await set({ threshold: '200' })
      await set({ schedule: 'DAILY' })
      await close()
      for (let day = 0; day < 3; day++) {
        await worker.round()
        later(1_440)
      }
      expect(cards.askings).toEqual([])
      expect(await list()).toMatchObject([{ stoppedBy: 'LINE_CLOSED' }, { stoppedBy: 'LINE_CLOSED' }])
      expect(await told('AUTO_PAYMENT_STOPPED')).toBe(2)
      const text = 'Автоплатёж выключен: номер закрыт.'
      await expect.poll(notices, { timeout: 20_000 }).toEqual([text, text])
    })

    it('wait while nobody says whether it is', async () => {
      await set({ threshold: '200' })
      const { ask } = worker.dependencies
      const away = anotherWorker({ ask: { ...ask, 'linked-numbers': () => Promise.reject(new Error('away')) } })
      await expect(away.round()).rejects.toThrow('not available')
      expect(cards.askings).toEqual([])
      await worker.round()
      expect(cards.taken.size).toBe(1)
    })
  })

  describe('fire once whatever happens:', () => {
    it('an outcome that is not known is asked for again under the same key, and nothing else is begun', async () => {
      cards.behave(() => (cards.askings.length === 1 ? 'loseRequest' : 'loseAnswer'))
      await set({ threshold: '100' })
      await worker.spend(LINE, 6_000n)
      for (let minute = 0; minute < 30; minute++) {
        await worker.round()
        // Neither a further fall nor a new setting begins another.
        await worker.spend(LINE, 1n)
        await set({ threshold: '1000', amount: '500' })
        later(1)
      }
      expect(cards.askings.length).toBeGreaterThan(3)
      expect(new Set(cards.askings.map(({ idempotenceKey }) => idempotenceKey)).size).toBe(1)
      expect(await worker.posted(LINE)).toBe(9_000n - 30n)
      cards.behave(() => 'succeed')
      later(120)
      await worker.round()
      expect(cards.taken.size).toBe(1)
      expect(await worker.posted(LINE)).toBe(19_000n - 30n)
    })

    it('whichever of its statements a process dies after', async () => {
      await set({ schedule: 'DAILY' })
      const counted = anotherWorker({ onStatement: () => statements++ })
      let statements = 0
      later(1_440)
      await counted.round()
      expect(cards.taken.size).toBe(1)
      expect(statements).toBeGreaterThan(12)
      for (let fatal = 1; fatal <= statements; fatal++) {
        later(1_440)
        let done = 0
        const onStatement = () => {
          if (++done >= fatal) throw new Error('the process dies here')
        }
        const dying = anotherWorker({ onStatement })
        await dying.round().catch(() => undefined)
        // Another finds what it left, when the lease of the dead one is over.
        for (let round = 0; round < 2; round++) {
          later(3)
          await worker.round()
        }
        expect(cards.taken.size, `after statement ${fatal}`).toBe(fatal + 1)
        expect(await worker.posted(LINE), `after statement ${fatal}`).toBe(15_000n + BigInt(fatal + 1) * 10_000n)
      }
      expect((await attempts()).every(({ state, try: count }) => state === 'SUCCEEDED' && count === 1)).toBe(true)
    })

    it('when the asker dies with the answer', async () => {
      cards.behave(() => (cards.askings.length % 2 === 1 ? 'crash' : 'succeed'))
      await set({ threshold: '100' })
      await worker.spend(LINE, 6_000n)
      await worker.round()
      expect(await worker.posted(LINE)).toBe(9_000n)
      await worker.round()
      expect(cards.askings).toHaveLength(1)
      later(3)
      await worker.round()
      expect(await worker.posted(LINE)).toBe(19_000n)
      expect(cards.taken.size).toBe(1)
    })

    it.each(['refuse', 'succeed'] as const)(
      'when an answer comes late, after another has heard the same: %s',
      async (answer) => {
        const { promise: isLate, resolve: arrive } = Promise.withResolvers<void>()
        const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>()
        cards.behave(() => answer)
        cards.delay(async () => {
          if (cards.askings.length > 1) return
          asked()
          await isLate
        })
        await set({ threshold: '100' })
        await worker.spend(LINE, 6_000n)
        const slow = worker.round()
        await isAsked
        later(3)
        await anotherWorker().round()
        const before = await list()
        arrive()
        await slow
        expect(cards.askings).toHaveLength(2)
        expect(await list()).toEqual(before)
        expect(await told(answer === 'refuse' ? 'AUTO_PAYMENT_REFUSED' : 'AUTO_PAYMENT_MADE')).toBe(1)
        expect(await worker.posted(LINE)).toBe(answer === 'refuse' ? 9_000n : 19_000n)
        const [{ refusals } = { refusals: -1 }] = await cabinet.database.sql<{ refusals: number }>(
          'select refusals from payments.auto_payment',
        )
        expect(refusals).toBe(answer === 'refuse' ? 1 : 0)
      },
    )

    it('however many processes do their rounds at one time', async () => {
      const lines = Array.from({ length: 12 }, (_, index) => index + 10)
      for (const number of lines) {
        await insertLine(cabinet.database, { number, ownerId: OWNER })
        await set({ lineId: lineId(number), threshold: '100' })
        await worker.spend(lineId(number), 6_000n)
      }
      const crowd = [worker, anotherWorker(), anotherWorker(), anotherWorker()]
      for (let round = 0; round < 3; round++) await Promise.all(crowd.map((each) => each.round()))
      expect(cards.taken.size).toBe(lines.length)
      for (const number of lines) expect(await worker.posted(lineId(number))).toBe(19_000n)
      const paid = await cabinet.database.sql(`select from payments.payment where status = 'SUCCEEDED'`)
      expect(paid).toHaveLength(lines.length)
    })

    it('even if somebody else has credited the same payment of the bank', async () => {
      cards.behave(() => 'loseAnswer')
      await set({ threshold: '100' })
      await worker.spend(LINE, 6_000n)
      await worker.round()
      const [key] = cards.taken.keys()
      await cabinet.database.sql(
        `with posted as (
           insert into payments.ledger_transaction (line_id, id, kind, source_key, payment_id, occurred_at, posted_at)
           values ($1, $1, 'TOP_UP', $2, $3, now(), now()) returning line_id, id
         )
         insert into payments.ledger_entry (line_id, transaction_id, unit, debit_account, credit_account, amount)
         select line_id, id, 'KOPECK', 'CARD_ACQUIRING', 'CUSTOMER', 10000 from posted`,
        [LINE, `acquirer:at-the-bank-${key}`, key],
      )
      await promise()
      cards.behave(() => 'succeed')
      later(1)
      await worker.round()
      expect(await worker.posted(LINE)).toBe(19_000n)
      expect(await attempts()).toMatchObject([{ state: 'SUCCEEDED' }])
      // What was promised since is for the next top-up to take back.
      expect(await promisesLeft()).toBe(1)
    })

    it('and never by a payment of the bank that is another line’s', async () => {
      cards.behave(() => 'loseAnswer')
      await set({ threshold: '100' })
      await worker.spend(LINE, 6_000n)
      await worker.round()
      const [key] = cards.taken.keys()
      await cabinet.database.sql(
        'insert into payments.acquirer_payment_directory (acquirer_id, line_id, payment_id) values ($1, $2, $2)',
        [`at-the-bank-${key}`, lineId(2)],
      )
      cards.behave(() => 'succeed')
      later(1)
      await worker.round()
      expect(await worker.posted(LINE)).toBe(9_000n)
      expect(await attempts()).toMatchObject([{ state: 'OPEN' }])
    })
  })
})
