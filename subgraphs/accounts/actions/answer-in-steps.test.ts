import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { answerInSteps } from './answer-in-steps.ts'

const STEP_MS = 25

describe('an answer in steps', () => {
  /** The steps that were begun, each to be ended by hand. */
  let steps: PromiseWithResolvers<void>[]
  let answered: unknown[]
  const sleep = (durationMs: number) => {
    expect(durationMs).toBe(STEP_MS)
    const step = Promise.withResolvers<void>()
    steps.push(step)
    return step.promise
  }
  const answer = (work: () => Promise<unknown>) =>
    void answerInSteps(sleep, STEP_MS, work).then(
      (outcome) => answered.push(outcome),
      (error: unknown) => answered.push(error),
    )
  async function endStep(): Promise<void> {
    steps.at(-1)?.resolve()
    await turn()
  }

  beforeEach(() => {
    steps = []
    answered = []
  })

  it('waits for the end of the step that the work ended in', async () => {
    answer(async () => 'done')
    await turn()
    expect(answered).toEqual([])
    await endStep()
    expect(answered).toEqual(['done'])
    expect(steps).toHaveLength(1)
  })

  it('begins its first step before the work, and no step because the work ended', async () => {
    const work = Promise.withResolvers<string>()
    answer(() => {
      expect(steps).toHaveLength(1)
      return work.promise
    })
    await endStep()
    await endStep()
    expect(steps).toHaveLength(3)
    work.resolve('late')
    await turn()
    expect({ steps: steps.length, answered }).toEqual({ steps: 3, answered: [] })
    await endStep()
    expect({ steps: steps.length, answered }).toEqual({ steps: 3, answered: ['late'] })
  })

  it('tells a failure no sooner', async () => {
    const failure = new Error('a part is away')
    answer(() => Promise.reject(failure))
    await turn()
    expect(answered).toEqual([])
    await endStep()
    expect(answered).toEqual([failure])
  })
})
