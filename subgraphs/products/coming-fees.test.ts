import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { comingFees } from './coming-fees.ts'
import type { LinePriceRow } from './store/line-prices.ts'

const NOW = new Date('2026-11-22T10:00:00Z')
const UNTIL = new Date('2027-02-22T10:00:00Z')
const price = (given: Partial<LinePriceRow>): LinePriceRow => ({
  line_id: 'a line',
  product_id: 'a product',
  activated_on: '2024-01-15',
  version: 1,
  valid_from: new Date('2020-01-01T00:00:00Z'),
  name_ru: 'База',
  name_en: 'Base',
  fee_kopecks: 30_000n,
  period: 'MONTH',
  ...given,
})
const summary = (prices: readonly LinePriceRow[], now = NOW, until = UNTIL) =>
  comingFees(prices, now, until).map(({ product_id, version, dueAt }) => [
    `${product_id} ${version}`,
    ...dueAt.map((at) => at.toISOString().slice(0, 10)),
  ])

describe('coming fees', () => {
  it('are all that is due up to the moment, and nothing that is due at it', () => {
    expect(summary([price({})])).toEqual([['a product 1', '2026-12-15', '2027-01-15', '2027-02-15']])
    expect(summary([price({})], NOW, new Date('2026-12-15T00:00:00Z'))).toEqual([])
  })

  it('are none for what is free, and for what was paid once', () => {
    expect(summary([price({ fee_kopecks: 0n }), price({ product_id: 'another', period: 'ONCE' })])).toEqual([])
  })

  it('change with the version of the price that has begun when they are due', () => {
    const later = price({ version: 2, fee_kopecks: 40_000n, valid_from: new Date('2027-01-15T00:00:00Z') })
    expect(summary([price({}), later])).toEqual([
      ['a product 1', '2026-12-15'],
      ['a product 2', '2027-01-15', '2027-02-15'],
    ])
  })

  it('pass over a version that a higher one began before', () => {
    const late = price({ version: 2, valid_from: new Date('2027-01-20T00:00:00Z') })
    const early = price({ version: 3, valid_from: new Date('2027-01-01T00:00:00Z') })
    expect(summary([price({}), late, early])).toEqual([
      ['a product 1', '2026-12-15'],
      ['a product 3', '2027-01-15', '2027-02-15'],
    ])
  })

  it('keep products apart', () => {
    const daily = price({ product_id: 'another', period: 'DAY' })
    expect(summary([price({}), daily], NOW, new Date('2026-11-25T00:00:00Z'))).toEqual([
      ['another 1', '2026-11-23', '2026-11-24'],
    ])
  })

  it('are each at the price that counts on its day, whatever the versions', () => {
    const day = fc.date({ min: NOW, max: UNTIL, noInvalidDate: true })
    fc.assert(
      fc.property(fc.array(day, { maxLength: 6 }), (days) => {
        const versions = [price({}), ...days.map((at, index) => price({ version: index + 2, valid_from: at }))]
        const told = comingFees(versions, NOW, UNTIL).flatMap(({ version, dueAt }) =>
          dueAt.map((at) => [at.toISOString(), version]),
        )
        const expected = ['2026-12-15', '2027-01-15', '2027-02-15'].map((date) => {
          const at = new Date(`${date}T00:00:00Z`)
          const begun = versions.filter(({ valid_from }) => valid_from <= at)
          return [at.toISOString(), Math.max(...begun.map(({ version }) => version))]
        })
        expect(told).toEqual(expected)
      }),
    )
  })
})
