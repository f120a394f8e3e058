import type { Sleep } from '../../../platform/sleep.ts'

/**
 * Does work, and gives its end where a step ends: the first one, or the one in which the work ended. So the answer's time
 * tells how many steps the work took, and nothing finer.
 *
 * The steps begin with the work and follow each other by themselves. A timer that was set when the work ended would be
 * as many parts of a millisecond late as the work was. Nothing is held while a step goes on but the answer itself.
 */
export async function answerInSteps<Outcome>(
  sleep: Sleep,
  stepMs: number,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  let isEnded = false
  const end = (): void => {
    isEnded = true
  }
  const firstStep = sleep(stepMs)
  const working = work()
  // An end in failure is told with its step, too.
  working.then(end, end)
  for (let step = firstStep; ; step = sleep(stepMs)) {
    await step
    if (isEnded) return working
  }
}
