import { describe, expect, it } from 'vitest'
import type { Guard } from '../resilience/guard.ts'
import { startStrainGauge } from './strain-gauge.ts'

/** A guard whose fetches took so long, and behind which so many wait for longer than anything. */
function guardOf(meanMs: number, waiting: number, asked: number[] = []) {
  return {
    takeTimes: () => ({ count: 2, totalMs: meanMs * 2 }),
    countOlderThan(ms: number) {
      asked.push(ms)
      return waiting
    },
  } as unknown as Guard
}

async function look(guards: readonly Guard[]): Promise<{ fetchMs: number; stalled: number }> {
  return new Promise((resolve) => {
    const stop = startStrainGauge(
      {
        feel({ fetchMs }, stalled = 0) {
          stop()
          resolve({ fetchMs, stalled })
        },
      },
      () => guards,
    )
  })
}

describe('the strain gauge', () => {
  it('counts those who wait for a subgraph in trouble', async () => {
    expect(await look([guardOf(10, 0), guardOf(20, 0), guardOf(30, 40)])).toEqual({ fetchMs: 10, stalled: 40 })
  })

  it('counts none where most subgraphs are as slow: what they share is', async () => {
    expect(await look([guardOf(10, 3), guardOf(20, 0), guardOf(30, 40)])).toEqual({ fetchMs: 10, stalled: 0 })
  })

  it('takes for long what is much longer than with the fastest', async () => {
    const asked: number[] = []
    await look([guardOf(10, 0, asked), guardOf(20, 0)])
    await look([guardOf(200, 0, asked), guardOf(300, 0)])
    expect(asked).toEqual([300, 800])
  })
})
