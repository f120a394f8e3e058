import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type CardShop, openCardShop, RETURN_URL } from '../../cli/testing/card-shop.ts'
import { giveAccess, insertAccount, insertCatalogue, insertLine } from '../../cli/testing/fixture.ts'
import { payOnPage } from '../../cli/testing/payment-page.ts'
import { systemClock } from '../../platform/clock.ts'
import { createNewId } from '../../platform/ids.ts'

const PATIENCE = { timeout: 45_000, interval: 50 }
const newId = createNewId(systemClock)

describe('a cabinet that is closed', { timeout: 90_000 }, () => {
  let shop: CardShop
  let owner: string
  let friend: string
  let line: string

  beforeAll(async () => {
    shop = await openCardShop({ recurring: { roundIntervalMs: 50 } })
    const { database } = shop.cabinet
    await insertCatalogue(database)
    await database.sql(
      `insert into payments.policy (name, version, value, valid_from) values ('acquirer.pauseSeconds', 2, '1', '2000-01-02')`,
    )
    owner = await insertAccount(database, { number: 1 })
    friend = await insertAccount(database, { number: 2 })
    line = await insertLine(database, { number: 1, ownerId: owner, kopecks: 0n })
    await giveAccess(database, { lineId: line, accountId: friend, rights: 2 })
  })
  afterAll(() => shop.close())

  const sql: CardShop['cabinet']['database']['sql'] = (...args) => shop.cabinet.database.sql(...args)
  const send = async (operation: string, variables: object, account = friend) =>
    shop.send(operation, variables, await shop.cabinet.accountToken(account))
  /** Begins a top-up that saves its card. Gives where the payer goes. */
  async function begin(): Promise<string> {
    const input = { lineId: line, amount: '150.00', returnUrl: RETURN_URL, isCardSaved: true, idempotencyKey: newId() }
    const { payment } = await send('top-up', { input })
    return shop.confirmationUrl(line, payment.id, await shop.cabinet.accountToken(friend))
  }
  const creditedTimes = (count: number) =>
    vi.waitFor(async () => {
      const paid = await sql(`select from payments.payment where kind = 'TOP_UP' and status = 'SUCCEEDED'`)
      expect(paid).toHaveLength(count)
    }, PATIENCE)
  const autoPayments = async () => (await send('auto-payments', { lineId: line }, owner)).autoPayments
  async function close(): Promise<void> {
    const session = await shop.cabinet.subgraphs.accounts.openDevelopmentSession({
      accountId: friend,
      organizationRole: null,
      accessTokenSeconds: 600,
    })
    const closed = await shop.send('close-account', { input: { accountId: friend } }, session?.accessToken)
    expect(closed).toMatchObject({ __typename: 'CloseAccountSuccess' })
  }

  it('has no card any more and pays for nobody, and what it has begun to pay saves no card', async () => {
    await payOnPage(await begin())
    await creditedTimes(1)
    const [card] = await send('cards', {})
    const input = { lineId: line, cardId: card.id, amount: '100.00', threshold: '100.00' }
    expect(await send('set-auto-payment', { input })).toMatchObject({ __typename: 'SetAutoPaymentSuccess' })
    const underWay = await begin()

    await close()
    await vi.waitFor(async () => expect(await sql('select from payments.card')).toEqual([]), PATIENCE)
    expect(await autoPayments()).toMatchObject([{ isEnabled: false, stoppedBy: 'NO_CARD' }])
    await payOnPage(underWay)
    await creditedTimes(2)
    expect(await sql('select from payments.card')).toEqual([])
    const notices = async () =>
      (await send('notices', {}, owner)).notices.nodes.map(({ text }: { text: string }) => text)
    await expect
      .poll(notices, PATIENCE)
      .toContain('Автоплатёж выключен: карты больше нет. Настройте его снова в личном кабинете.')
    const acts = `select kind from accounts.act where account_id = $1 and kind in ('AUTO_PAYMENT_STOPPED', 'CARD_REMOVED')
      order by kind`
    expect(await sql(acts, [friend])).toEqual([{ kind: 'AUTO_PAYMENT_STOPPED' }, { kind: 'CARD_REMOVED' }])
  })

  it('keeps the card that is saved when it is open again, though the news comes twice', async () => {
    await payOnPage(await begin())
    await creditedTimes(3)
    const saved = await sql<{ id: string }>('select id from payments.card')
    expect(saved).toHaveLength(1)
    const told = await sql<{ event_id: string }>('select event_id from payments.inbox')
    for (const { event_id: id } of told) {
      const event = {
        id,
        kind: 'AccountClosed',
        occurredAt: systemClock.now().toISOString(),
        accountId: friend,
      } as const
      await shop.cabinet.subgraphs.payments.receive(event)
    }
    expect(told.length).toBeGreaterThan(0)
    expect(await sql('select id from payments.card')).toEqual(saved)
  })
})
