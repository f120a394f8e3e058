import { describe, expect, it } from 'vitest'
import { compare, type LedgerRecord, type RegistryEntry } from './compare-registry.ts'

const payment = (acquirerId: string, kopecks: bigint): RegistryEntry => ({ kind: 'PAYMENT', acquirerId, kopecks })
const refund = (acquirerId: string, kopecks: bigint): RegistryEntry => ({ kind: 'REFUND', acquirerId, kopecks })
const ours = (entry: RegistryEntry): LedgerRecord => ({ ...entry, lineId: 'line', paymentId: 'payment' })
const verdicts = (...args: Parameters<typeof compare>) =>
  compare(...args).differences.map(({ verdict, acquirerId }) => `${verdict} ${acquirerId}`)

describe('the comparison with a registry', () => {
  it('matches what is the same, and sums what came in less what went back', () => {
    const all = [payment('a', 100n), refund('b', 30n)]
    expect(compare(all, all.map(ours), all.map(ours))).toEqual({ matched: 2, matchedKopecks: 70n, differences: [] })
  })

  it('tells what is missing on either side, and what differs', () => {
    const registry = [payment('same', 1n), payment('here', 2n), payment('other', 3n)]
    const known = [ours(payment('same', 1n)), ours(payment('other', 4n))]
    const differences = verdicts(registry, known, [...known, ours(refund('there', 5n))])
    expect(differences).toEqual(['MISSING_HERE here', 'DIFFERING other', 'MISSING_THERE there'])
  })

  it('matches what we posted on another day', () => {
    expect(verdicts([payment('a', 1n)], [ours(payment('a', 1n))], [])).toEqual([])
  })

  it('takes one thing that is named twice for a difference, and a payment for no refund', () => {
    const twice = [payment('a', 1n), payment('a', 1n)]
    expect(verdicts(twice, [ours(payment('a', 1n))], [])).toEqual(['DIFFERING a'])
    expect(verdicts([refund('a', 1n)], [ours(payment('a', 1n))], [])).toEqual(['MISSING_HERE a'])
  })
})
