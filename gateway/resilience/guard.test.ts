import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { silentLogger } from '../../platform/logger.ts'
import type { BreakerState } from '../observer.ts'
import { BrokenOffError, StatusError } from '../transport/transport-error.ts'
import { BreakerOpenError } from './breaker.ts'
import { BulkheadFullError } from './bulkhead.ts'
import { createGuard } from './guard.ts'
import { RESILIENCE, type ResilienceOptions } from './options.ts'

const LONG_MS = 60_000
const PATIENCE = { isQuery: true, waitMs: LONG_MS }
const CHANGE = { isQuery: false, waitMs: LONG_MS }

/** A guard with a short memory, and what it told. */
function openGuard(options: Partial<ResilienceOptions> = {}, timeoutMs = LONG_MS) {
  const states: BreakerState[] = []
  const retried: string[] = []
  const refused: string[] = []
  const guard = createGuard({
    subgraph: 'payments',
    timeoutMs,
    options: { ...RESILIENCE, failuresInRow: 3, openMs: 20, openMsMax: 20, retryPauseMsMax: 1, ...options },
    random: { bytes: () => Buffer.alloc(0), below: () => 0 },
    logger: silentLogger,
    observer: {
      breakerChanged: (_, state) => states.push(state),
      fetchRetried: (subgraph) => retried.push(subgraph),
      fetchRefused: (_, reason) => refused.push(reason),
    },
  })
  return { guard, states, retried, refused }
}

const works = async () => 'an answer'
const garbage = async () => {
  throw new Error('the answer is no answer')
}
const refuses = async () => {
  throw new StatusError(503)
}

async function times(count: number, work: () => Promise<unknown>): Promise<unknown[]> {
  const outcomes: unknown[] = []
  for (let index = 0; index < count; index++) outcomes.push(await work().catch((error: unknown) => error))
  return outcomes
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(5)
}

describe('the breaker of a subgraph', () => {
  it('opens after so many failures in a row, and then nobody is sent', async () => {
    const { guard, states, refused } = openGuard({ openMs: LONG_MS, openMsMax: LONG_MS })
    await times(3, () => guard.run(garbage, PATIENCE))
    expect(states).toEqual(['open'])
    let asked = 0
    const counted = async () => ++asked
    await expect(guard.run(counted, PATIENCE)).rejects.toThrow(BreakerOpenError)
    expect({ asked, refused }).toEqual({ asked: 0, refused: ['open'] })
  })

  it('stays closed while some are answered', async () => {
    const { guard, states } = openGuard()
    for (let round = 0; round < 10; round++) {
      await times(2, () => guard.run(garbage, PATIENCE))
      await guard.run(works, PATIENCE)
    }
    expect(states).toEqual([])
  })

  it('opens when most of many fail, though some are answered between', async () => {
    const { guard, states } = openGuard({ failuresInRow: 1_000, openMs: LONG_MS, openMsMax: LONG_MS })
    for (let round = 0; round < 60; round++) {
      await times(2, () => guard.run(garbage, PATIENCE))
      await guard.run(works, PATIENCE).catch(() => undefined)
    }
    expect(states).toEqual(['open'])
  })

  it('closes when the one that tries is answered', async () => {
    const { guard, states } = openGuard()
    await times(3, () => guard.run(garbage, PATIENCE))
    await until(() =>
      guard.run(works, PATIENCE).then(
        () => true,
        () => false,
      ),
    )
    expect(states).toEqual(['open', 'half-open', 'closed'])
    await expect(guard.run(works, PATIENCE)).resolves.toBe('an answer')
  })

  it('opens again when the one that tries is not, and lets nobody wait for it', async () => {
    const { guard, states } = openGuard()
    await times(3, () => guard.run(garbage, PATIENCE))
    await sleep(25)
    const { promise, reject } = Promise.withResolvers<string>()
    const probe = guard.run(() => promise, CHANGE)
    await expect(guard.run(works, PATIENCE)).rejects.toThrow(BreakerOpenError)
    reject(new Error('still sick'))
    await expect(probe).rejects.toThrow('still sick')
    expect(states).toEqual(['open', 'half-open', 'open'])
  })

  it('takes a time-out for a failure only where there was time enough', async () => {
    const { guard, states } = openGuard({}, 100)
    const hangs = () => new Promise(() => undefined)
    await times(5, () => guard.run(hangs, { isQuery: true, waitMs: 10 }))
    expect(states).toEqual([])
    await times(3, () => guard.run(hangs, { isQuery: true, waitMs: 60 }))
    expect(states).toEqual(['open'])
  })
})

describe('retries', () => {
  it('are made of queries, once, when the connection or a proxy failed', async () => {
    for (const error of [
      new StatusError(502),
      new BrokenOffError('x'),
      Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
    ]) {
      const { guard, retried } = openGuard()
      let asked = 0
      const ask = async () => {
        if (++asked === 1) throw error
        return 'an answer'
      }
      await expect(guard.run(ask, PATIENCE)).resolves.toBe('an answer')
      expect({ asked, retried }).toEqual({ asked: 2, retried: ['payments'] })
    }
  })

  it('are never made of a change, nor of what was answered with nonsense', async () => {
    const { guard, retried } = openGuard({ failuresInRow: 100 })
    let asked = 0
    const ask = async () => {
      asked++
      throw new StatusError(503)
    }
    await times(1, () => guard.run(ask, CHANGE))
    await times(1, () => guard.run(garbage, PATIENCE))
    expect({ asked, retried }).toEqual({ asked: 1, retried: [] })
  })

  it('are no more than the budget has', async () => {
    const { guard, retried } = openGuard({ failuresInRow: 1_000, failureShare: 1, retriesKeptMax: 5, retryShare: 0.1 })
    await times(105, () => guard.run(refuses, PATIENCE))
    // Five that were kept, and a tenth of the hundred and five.
    expect(retried.length).toBeGreaterThanOrEqual(14)
    expect(retried.length).toBeLessThanOrEqual(15)
  })
})

describe('the bulkhead of a subgraph', () => {
  it('lets so many go, has so many wait, and refuses the others', async () => {
    const { guard, refused } = openGuard({ inFlightMax: 2, waitingMax: 1 })
    const { promise, resolve } = Promise.withResolvers<string>()
    let asked = 0
    const ask = () => {
      asked++
      return promise
    }
    const first = [guard.run(ask, PATIENCE), guard.run(ask, PATIENCE), guard.run(ask, PATIENCE)]
    await expect(guard.run(ask, PATIENCE)).rejects.toThrow(BulkheadFullError)
    expect({ asked, refused, waiting: guard.bulkhead.waiting }).toEqual({ asked: 2, refused: ['full'], waiting: 1 })
    resolve('an answer')
    await expect(Promise.all(first)).resolves.toEqual(['an answer', 'an answer', 'an answer'])
    expect({ asked, inFlight: guard.bulkhead.inFlight }).toEqual({ asked: 3, inFlight: 0 })
  })

  it('gives the places back of those that nobody waits for any more', async () => {
    const { guard } = openGuard({ inFlightMax: 1, waitingMax: 5, failuresInRow: 100 })
    const hangs = () => new Promise(() => undefined)
    const outcomes = await Promise.allSettled([
      guard.run(hangs, { isQuery: true, waitMs: 20 }),
      guard.run(hangs, { isQuery: true, waitMs: 10 }),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect({ inFlight: guard.bulkhead.inFlight, waiting: guard.bulkhead.waiting }).toEqual({ inFlight: 0, waiting: 0 })
  })
})

describe('what is on its way to a subgraph', () => {
  it('is counted by how long it has been, until it is there', async () => {
    const { guard } = openGuard()
    const { promise, resolve } = Promise.withResolvers<string>()
    const answer = guard.run(() => promise, PATIENCE)
    await guard.run(works, PATIENCE)
    await sleep(5)
    expect([guard.countOlderThan(1), guard.countOlderThan(LONG_MS)]).toEqual([1, 0])
    resolve('late')
    await answer
    expect(guard.countOlderThan(1)).toBe(0)
  })
})
