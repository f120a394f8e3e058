import { describe, expect, it } from 'vitest'
import { paymentList } from './yookassa-objects.ts'

const payment = {
  id: 'p1',
  status: 'pending',
  amount: { value: '150.00', currency: 'RUB' },
  created_at: '2026-03-01T12:00:00Z',
}
const read = (item: object) => paymentList.safeParse({ items: [payment, item] }).data?.items[1]

describe('the list of a shop', () => {
  it('is read though another’s payment in it is in other money, or is paid in an application', () => {
    expect(read({ ...payment, amount: { value: '5000.00', currency: 'AMD' } })).toMatchObject({
      amount: { kopecks: 500_000n, currencyCode: 'AMD' },
    })
    const confirmation = { type: 'mobile_application', confirmation_url: 'sberpay://pay?id=1' }
    expect(read({ ...payment, confirmation })).toMatchObject({ id: 'p1', confirmationUrl: null })
  })

  it('is not read when what became of a payment in it cannot be', () => {
    for (const oddity of [{ status: 'odd' }, { amount: { value: '1,5', currency: 'RUB' } }, { id: '' }]) {
      expect(read({ ...payment, ...oddity })).toBeUndefined()
    }
  })
})
