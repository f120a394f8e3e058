import { setTimeout as sleep } from 'node:timers/promises'
import { type Dispatcher, Pool } from 'undici'

/** An answer as its client saw it. */
export interface Seen {
  readonly kind: string
  /** 0 when there was none. */
  readonly status: number
  readonly ms: number
  readonly body: string
  readonly retryAfter: string | null
}

export interface Kind {
  readonly kind: string
  readonly perSecond: number
  request(): { readonly headers: Record<string, string>; readonly body: string }
}

const TICK_MS = 10
/** More than are ever used: else those who wait here would be taken for slow answers. */
const CONNECTIONS_MAX = 4_000
/** A client that hears nothing for so long has gone. */
const PATIENCE_MS = 10_000

/** Sends as many of each kind in a second as were ordered, whatever becomes of those before; waits for all answers. */
export async function openLoop(gatewayUrl: string, kinds: readonly Kind[], seconds: number): Promise<Seen[]> {
  const pool = new Pool(gatewayUrl, { connections: CONNECTIONS_MAX, pipelining: 1 })
  const seen: Promise<Seen>[] = []
  const startedAt = performance.now()
  const sent = new Map(kinds.map((kind) => [kind, 0]))
  for (let elapsedMs = 0; elapsedMs < seconds * 1_000; elapsedMs = performance.now() - startedAt) {
    for (const [kind, count] of sent) {
      const due = Math.floor((elapsedMs / 1_000) * kind.perSecond)
      for (let index = count; index < due; index++) seen.push(send(pool, kind))
      sent.set(kind, Math.max(due, count))
    }
    await sleep(TICK_MS)
  }
  const all = await Promise.all(seen)
  await pool.destroy()
  return all
}

async function send(pool: Dispatcher, { kind, request }: Kind): Promise<Seen> {
  const { headers, body } = request()
  const sentAt = performance.now()
  try {
    const answer = await pool.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    const text = await answer.body.text()
    const retryAfter = answer.headers['retry-after']
    return {
      kind,
      status: answer.statusCode,
      ms: performance.now() - sentAt,
      body: text,
      retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
    }
  } catch (error) {
    return { kind, status: 0, ms: performance.now() - sentAt, body: String(error), retryAfter: null }
  }
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
