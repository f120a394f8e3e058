import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { LoadFigures, LoadOrder, LoadReport } from './messages.ts'

/** The process that sends requests. It is not one of those that are measured. */
export interface Load {
  /** Carries out one order; `onCounting` is called when the warm-up is over, `onCounted` as soon as counting ends. */
  run(order: LoadOrder, onCounting: () => void, onCounted: () => void): Promise<LoadFigures>
  close(): void
}

export function startLoad(): Load {
  const child = fork(new URL('generator.ts', import.meta.url))
  const nextReport = async (): Promise<LoadReport> => {
    const [report] = (await once(child, 'message')) as [LoadReport]
    if (report.kind === 'failed') throw new Error(`The load broke off: ${report.message}`)
    return report
  }
  return {
    async run(order, onCounting, onCounted) {
      child.send(order)
      for (;;) {
        const report = await nextReport()
        if (report.kind === 'counted') {
          onCounted()
          return report
        }
        onCounting()
      }
    },
    close: () => child.disconnect(),
  }
}
