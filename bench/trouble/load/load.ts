import { fork } from 'node:child_process'
import { once } from 'node:events'
import type { LoadOrder, LoadReport } from './messages.ts'

/**
 * The process that sends requests. It is one of its own, as whoever waits for a turn of a busy process would take its
 * wait for the server's.
 */
export interface OpenLoad {
  /** Sends as many of each kind in a second as were ordered, whatever becomes of those before; waits for all answers. */
  run(order: LoadOrder): Promise<LoadReport>
  close(): void
}

export function startOpenLoad(): OpenLoad {
  const child = fork(new URL('sender.ts', import.meta.url), { serialization: 'advanced' })
  return {
    async run(order) {
      child.send(order)
      const [report] = (await once(child, 'message')) as [LoadReport]
      return report
    },
    close: () => child.disconnect(),
  }
}
