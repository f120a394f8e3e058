import { expect, vi } from 'vitest'
import { type RunningMerchants, startMerchantStandIn } from '../../../cli/stand-ins/merchants/start.ts'
import type { Merchants } from '../../../platform/merchants/merchants.ts'
import { type MoneyWorld, NOON, openMoneyWorld, type TestLine } from './money-world.ts'

export interface PurchaseWish {
  readonly merchantId?: string
  readonly reference?: string
  readonly amount?: string
}

/** A world of money with merchants to pay, over the network. */
export interface MerchantWorld extends MoneyWorld {
  readonly standIn: RunningMerchants
  /** Stands between payments and the merchants. */
  wrapped: Partial<Merchants>
  /** What merchants are asked by: the stand-in, or what stands before it. */
  readonly merchants: Merchants
  simChange: Date | null
  /** It is noon again, and nothing stands between. */
  begin(): void
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the answer it asked for.
  quote(from: TestLine, wish?: PurchaseWish, token?: string): Promise<any>
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the answer it asked for.
  confirm(from: TestLine, quoteId: string, key?: string): Promise<any>
  /** Confirms what was shown. Gives the id of the payment. */
  buy(from: TestLine, wish?: PurchaseWish): Promise<string>
  statusOf(id: string): Promise<Record<string, unknown> | undefined>
  /** Time goes on until nothing is under way: merchants are asked again. */
  purchasesSettled(): Promise<void>
}

export async function openMerchantWorld(): Promise<MerchantWorld> {
  const standIn = await startMerchantStandIn()
  const merchants: Merchants = {
    check: (question) => (world.wrapped.check ?? standIn.merchants.check)(question),
    pay: (payment) => (world.wrapped.pay ?? standIn.merchants.pay)(payment),
  }
  const simSwap = { retrieveDate: async () => world.simChange, check: async () => false }
  const money = await openMoneyWorld({ merchants, simSwap })
  await money.loadMerchants()
  await money.sql(`insert into payments.policy (name, version, value, valid_from)
    values ('purchase.askAgainSeconds', 2, '1', '2000-01-02')`)
  let keys = 0
  const world: MerchantWorld = {
    ...money,
    standIn,
    merchants,
    wrapped: {},
    simChange: null,
    begin() {
      money.clock.now = NOON
      Object.assign(world, { wrapped: {}, simChange: null })
    },
    async quote(from, wish: PurchaseWish = {}, token?: string) {
      const input = { lineId: from.id, merchantId: 'water', reference: '10203040', amount: '100.00', ...wish }
      return money.run('quote-purchase', { input }, token ?? (await money.tokenOf(from)))
    },
    async confirm(from, quoteId, key = `purchase-${++keys}`) {
      return money.run('confirm-purchase', { input: { quoteId, idempotencyKey: key } }, await money.tokenOf(from))
    },
    async buy(from, wish = {}) {
      const shown = await world.quote(from, wish)
      expect(shown).toMatchObject({ __typename: 'QuotePurchaseSuccess' })
      const begun = { payment: { id: shown.quote.id, status: 'PENDING' } }
      expect(await world.confirm(from, shown.quote.id)).toMatchObject(begun)
      return shown.quote.id
    },
    async statusOf(id) {
      const [row] = await money.sql('select status, failure from payments.payment where id = $1', [id])
      return row
    },
    async purchasesSettled() {
      await vi.waitFor(
        async () => {
          money.clock.now = new Date(money.clock.now.getTime() + 2_000)
          const [left] = await money.sql('select count(*)::int as count from payments.purchase where not is_over')
          expect(left).toEqual({ count: 0 })
        },
        { timeout: 45_000, interval: 200 },
      )
    },
    async close() {
      await money.close()
      await standIn.close()
    },
  }
  return world
}
