import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { signNotice } from '../../../platform/acquirer/notice-signature.ts'
import type { NoticeEvent } from './operations.ts'

export interface NoticesOptions {
  /** Where notices go; nowhere when it gives null. */
  readonly url: () => string | null
  readonly signature: { readonly header: string; readonly key: string }
  /** What is told of: the object as the API would give it. */
  readonly objectOf: (event: NoticeEvent, id: string) => object
  /** How often each notice is sent, as networks do; once if left out. */
  readonly times?: number
  /** Before each repetition of a notice that was not taken; it is given up after the last. */
  readonly pausesMs?: readonly number[]
}

export interface Notices {
  send(event: NoticeEvent, id: string): void
  /** When all that was to be sent is sent, or given up. */
  settled(): Promise<void>
  close(): Promise<void>
}

const PAUSES_MS = [200, 1_000, 5_000, 30_000, 120_000]
const TIMEOUT_MS = 5_000

/** Tells of changes, again and again until it is taken. */
export function createNotices(options: NoticesOptions): Notices {
  const stopping = new AbortController()
  const sending = new Set<Promise<void>>()
  return {
    send(event, id) {
      const url = options.url()
      if (url === null) return
      const body = Buffer.from(JSON.stringify({ type: 'notification', event, object: options.objectOf(event, id) }))
      for (let count = 0; count < (options.times ?? 1); count++) {
        const work = sendUntilTaken(options, url, body, stopping.signal).finally(() => sending.delete(work))
        sending.add(work)
      }
    },
    settled: async () => void (await Promise.all(sending)),
    async close() {
      stopping.abort()
      await Promise.all(sending)
    },
  }
}

async function sendUntilTaken(
  { signature: { header, key }, pausesMs = PAUSES_MS }: NoticesOptions,
  url: string,
  body: Buffer,
  stopped: AbortSignal,
): Promise<void> {
  for (const pauseMs of [...pausesMs, null]) {
    if (stopped.aborted || (await isTaken(url, body, { [header]: signNotice(body, key) }))) return
    if (pauseMs !== null) await sleep(pauseMs, undefined, { signal: stopped }).catch(() => undefined)
  }
}

async function isTaken(url: string, body: Buffer, headers: Record<string, string>): Promise<boolean> {
  try {
    const response = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.body.dump()
    return response.statusCode === 200
  } catch {
    return false
  }
}
