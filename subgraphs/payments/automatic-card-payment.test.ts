import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Accountant, insertAccountant } from '../../cli/testing/accountant.ts'
import { type CardShop, openCardShop, RETURN_URL } from '../../cli/testing/card-shop.ts'
import { insertAccount, insertCatalogue, insertLine } from '../../cli/testing/fixture.ts'
import { payOnPage } from '../../cli/testing/payment-page.ts'
import { systemClock } from '../../platform/clock.ts'
import { createNewId } from '../../platform/ids.ts'
import { noSavedCards } from './actions/auto-payments/saved-cards.ts'
import { createWorker, type Worker } from './testing/worker.ts'

const PATIENCE = { timeout: 45_000, interval: 50 }
const newId = createNewId(systemClock)

function tenthOfNextMonth(): Date {
  const now = systemClock.now()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 10))
}

describe('at the acquirer', { timeout: 90_000 }, () => {
  let shop: CardShop
  /** Moves money as others do; the cabinet does its own rounds. */
  let worker: Worker
  // It is the tenth: no month ends while a test runs.
  let laterByMs = tenthOfNextMonth().getTime() - systemClock.now().getTime()
  const clock = { now: () => new Date(systemClock.now().getTime() + laterByMs) }
  let lines = 0
  let line: string
  let owner: string

  beforeAll(async () => {
    // An answer that does not come is given up soon: one that is only late is asked for again, too.
    shop = await openCardShop({ clock, acquirerTimeoutMs: 2_000, recurring: { roundIntervalMs: 50 } })
    const { database } = shop.cabinet
    await insertCatalogue(database)
    await database.sql(
      `insert into payments.policy (name, version, value, valid_from) values
         ('acquirer.pauseSeconds', 2, '1', '2000-01-02'), ('autoPayment.askAgainSeconds', 2, '[1]', '2000-01-02')`,
    )
    worker = createWorker({ database, clock, savedCards: noSavedCards })
  })
  afterAll(async () => {
    await worker.close()
    await shop.close()
  })
  beforeEach(async () => {
    line = await newLine(await insertAccount(shop.cabinet.database, { number: lines + 1 }))
  })

  async function newLine(ownerId: string): Promise<string> {
    owner = ownerId
    return insertLine(shop.cabinet.database, { number: ++lines, ownerId, kopecks: 0n })
  }
  const send = async (operation: string, input: object) =>
    shop.send(operation, { input }, await shop.cabinet.accountToken(owner))
  /** Tops a line up on the acquirer's page, where the card is saved. Gives the card's id. */
  async function topUpAndSaveCard(lineId = line): Promise<string> {
    const wish = { lineId, amount: '150.00', returnUrl: RETURN_URL, isCardSaved: true, idempotencyKey: newId() }
    const { payment } = await send('top-up', wish)
    const token = await shop.cabinet.accountToken(owner)
    await payOnPage(await shop.confirmationUrl(lineId, payment.id, token))
    await vi.waitFor(
      async () => expect(await paymentsOf('TOP_UP', lineId)).toMatchObject([{ status: 'SUCCEEDED' }]),
      PATIENCE,
    )
    const [card] = await shop.send('cards', {}, token)
    return card.id
  }
  async function set(input: object): Promise<void> {
    const answer = await send('set-auto-payment', { lineId: line, amount: '100.00', threshold: '100.00', ...input })
    expect(answer).toMatchObject({ __typename: 'SetAutoPaymentSuccess' })
  }
  async function takePromise(lineId = line): Promise<void> {
    const answer = await send('take-promised-payment', { lineId, amount: '30.00', idempotencyKey: newId() })
    expect(answer).toMatchObject({ __typename: 'TakePromisedPaymentSuccess' })
  }
  const paymentsOf = (kind: string, lineId = line) =>
    shop.cabinet.database.sql<{ status: string; amount: bigint }>(
      'select status, amount from payments.payment where line_id = $1 and kind = $2 order by created_at, id',
      [lineId, kind],
    )
  /** Until the answers that are known are these; the payment may be credited by a notice before. */
  const attemptsBecome = (states: readonly string[]) =>
    vi.waitFor(async () => {
      const sql = 'select state from payments.auto_payment_attempt where line_id = $1 order by begun_at, try'
      const attempts = await shop.cabinet.database.sql<{ state: string }>(sql, [line])
      expect(attempts.map(({ state }) => state)).toEqual(states)
    }, PATIENCE)
  const askedOfTheBank = () =>
    [...shop.acquirer.bank.payments.values()].filter(({ metadata }) => metadata['line_id'] === line)
  const promiseOf = async (lineId = line) => {
    const [row] = await shop.cabinet.database.sql(
      `select ended_by, (select promised::int from payments.ledger_balance as balance
         where balance.line_id = promise.line_id and unit = 'KOPECK') as promised
       from payments.promised_payment as promise where line_id = $1`,
      [lineId],
    )
    return row
  }

  describe('an automatic payment', () => {
    it('takes money from a card that was saved, once, when less is left than its threshold', async () => {
      await set({ cardId: await topUpAndSaveCard() })
      expect(await paymentsOf('AUTO_TOP_UP')).toEqual([])
      await worker.spend(line, 5_001n)
      await attemptsBecome(['SUCCEEDED'])
      expect(await paymentsOf('AUTO_TOP_UP')).toEqual([{ status: 'SUCCEEDED', amount: 10_000n }])
      expect(await worker.posted(line)).toBe(19_999n)
      expect(askedOfTheBank().map(({ amount, status }) => [amount, status])).toEqual([
        [15_000, 'succeeded'],
        [10_000, 'succeeded'],
      ])
    })

    it('is refused by a card with too little on it, tried again later, and off after the third refusal', async () => {
      await set({ cardId: await topUpAndSaveCard(), amount: '100.51' })
      await worker.spend(line, 5_001n)
      await attemptsBecome(['REFUSED'])
      laterByMs += 3_600_000
      await attemptsBecome(['REFUSED', 'REFUSED'])
      laterByMs += 24 * 3_600_000
      await attemptsBecome(['REFUSED', 'REFUSED', 'REFUSED'])
      const refused = { status: 'FAILED', amount: 10_051n }
      expect(await paymentsOf('AUTO_TOP_UP')).toEqual([refused, refused, refused])
      expect(await worker.posted(line)).toBe(9_999n)
      const { autoPayments } = await shop.send(
        'auto-payments',
        { lineId: line },
        await shop.cabinet.accountToken(owner),
      )
      expect(autoPayments).toMatchObject([{ isEnabled: false, stoppedBy: 'REFUSALS' }])
    })

    it.each([
      ['done and not answered', '100.13'],
      ['lost on the way', '100.14'],
      ['done and answered with trouble', '100.15'],
    ])('that was %s is asked for again until it is known, and taken once', async (_, amount) => {
      await set({ cardId: await topUpAndSaveCard(), amount })
      await worker.spend(line, 5_001n)
      await attemptsBecome(['SUCCEEDED'])
      const kopecks = BigInt(amount.replace('.', ''))
      expect(await paymentsOf('AUTO_TOP_UP')).toEqual([{ status: 'SUCCEEDED', amount: kopecks }])
      expect(await worker.posted(line)).toBe(9_999n + kopecks)
      expect(askedOfTheBank()).toHaveLength(2)
    })

    it('takes a promised payment back', async () => {
      const cardId = await topUpAndSaveCard(await newLine(owner))
      await takePromise()
      expect(await promiseOf()).toEqual({ ended_by: null, promised: 3_000 })
      await set({ cardId })
      await attemptsBecome(['SUCCEEDED'])
      expect(await promiseOf()).toEqual({ ended_by: 'TOP_UP', promised: 0 })
    })
  })

  describe('an automatic payment that a member of an organization had set', () => {
    let member: Accountant
    let cardId: string

    beforeEach(async () => {
      const organization = await insertAccount(shop.cabinet.database, { number: ++lines, kind: 'ORGANIZATION' })
      const accountants = { organization, number: ++lines, monthlyLimitKopecks: 15_000 }
      member = await insertAccountant(shop.cabinet, accountants)
      line = await newLine(organization)
      cardId = await topUpAndSaveCard()
    })
    /** From the organization's card, below what is on the line, so at once. */
    async function setByMember(amount: string, monthlyCap = '150.00'): Promise<void> {
      const input = { lineId: line, cardId, amount, threshold: '9000.00', monthlyCap }
      expect(await shop.send('set-auto-payment', { input }, await member.token())).toMatchObject({
        __typename: 'SetAutoPaymentSuccess',
      })
    }
    async function spentByMember(): Promise<number> {
      const sql = 'select spent::int from payments.member_spending where member_id = $1'
      const [row] = await shop.cabinet.database.sql<{ spent: number }>(sql, [member.id])
      return row?.spent ?? 0
    }
    async function notices(): Promise<string[]> {
      const all = await shop.send('notices', {}, await shop.cabinet.accountToken(owner, 'owner'))
      return all.notices.nodes.map(({ text }: { text: string }) => text)
    }
    const stateOfIt = async () => {
      const sql =
        'select stopped_by, capped_month is not null as is_capped from payments.auto_payment where line_id = $1'
      return (await shop.cabinet.database.sql(sql, [line]))[0]
    }

    it('takes of the member’s month what it took, and nothing of what was refused', async () => {
      await setByMember('100.51')
      await attemptsBecome(['REFUSED'])
      expect(await spentByMember()).toBe(0)
      await setByMember('100.00')
      laterByMs += 3_600_000
      await attemptsBecome(['REFUSED', 'SUCCEEDED'])
      expect(await spentByMember()).toBe(10_000)
    })

    it('waits when the month has less left, whatever its own cap is, and goes on when the limit is raised', async () => {
      await setByMember('75.00')
      await attemptsBecome(['SUCCEEDED'])
      await member.limit(14_999)
      laterByMs += 3_600_000
      await vi.waitFor(async () => expect(await stateOfIt()).toEqual({ stopped_by: null, is_capped: true }), PATIENCE)
      expect(await spentByMember()).toBe(7_500)
      await expect.poll(notices, PATIENCE).toContainEqual(expect.stringContaining('лимит сотрудника'))
      await member.limit(15_000)
      await setByMember('75.00')
      await attemptsBecome(['SUCCEEDED', 'SUCCEEDED'])
      expect(await spentByMember()).toBe(15_000)
    })

    it('is off once the member may not spend any more', async () => {
      await setByMember('75.00')
      await attemptsBecome(['SUCCEEDED'])
      await member.demote()
      laterByMs += 3_600_000
      await vi.waitFor(async () => expect(await stateOfIt()).toMatchObject({ stopped_by: 'NO_RIGHTS' }), PATIENCE)
      await attemptsBecome(['SUCCEEDED'])
    })
  })

  it('a top-up by card takes a promised payment back', async () => {
    await takePromise()
    expect(await promiseOf()).toEqual({ ended_by: null, promised: 3_000 })
    await topUpAndSaveCard()
    expect(await promiseOf()).toEqual({ ended_by: 'TOP_UP', promised: 0 })
  })
})
