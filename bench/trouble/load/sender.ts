import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { type ConnectionPool, createConnectionPool } from './connection-pool.ts'
import type { Kind, LoadOrder, LoadReport, Seen } from './messages.ts'

const TICK_MS = 5
/** What was due before is not made up for. */
const LATE_MAX_MS = 100
/** A client that hears nothing for so long has gone. */
const PATIENCE_MS = 10_000
const NO_ANSWER = { status: 0, hasErrors: false, hasMark: false, retryAfterSeconds: 0 }

process.on('message', async (order: LoadOrder) => process.send?.(await send(order)))
process.on('disconnect', () => process.exit())

async function send({ port, kinds, seconds, tokens }: LoadOrder): Promise<LoadReport> {
  const pool = createConnectionPool(port)
  const asked: Promise<Seen>[] = []
  const writers = kinds.map((kind) => ({ kind, write: createWriter(port, kind, tokens), mark: Buffer.from(kind.mark) }))
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const startedAt = performance.now()
  const counts = new Map(writers.map((writer) => [writer, 0]))
  let unsent = 0
  for (let elapsedMs = 0; elapsedMs < seconds * 1_000; elapsedMs = performance.now() - startedAt) {
    for (const [writer, count] of counts) {
      const dueBy = (ms: number) => Math.max(count, Math.floor((ms / 1_000) * writer.kind.perSecond))
      const first = dueBy(elapsedMs - LATE_MAX_MS)
      unsent += first - count
      for (let index = first; index < dueBy(elapsedMs); index++) {
        asked.push(askOnce(pool, writer.kind.kind, writer.write(), writer.mark))
      }
      counts.set(writer, dueBy(elapsedMs))
    }
    await sleep(TICK_MS)
  }
  delay.disable()
  const seen = await Promise.all(asked)
  pool.close()
  const ownDelay = { p99Ms: delay.percentile(99) / 1e6, maxMs: delay.max / 1e6 }
  return { seen, unsent, ownDelay, connections: pool.opened }
}

async function askOnce(pool: ConnectionPool, kind: string, request: Buffer, mark: Buffer): Promise<Seen> {
  const sentAt = performance.now()
  const answer = await pool.ask(request, mark, PATIENCE_MS).catch(() => NO_ANSWER)
  const { status, hasErrors, hasMark, retryAfterSeconds } = answer
  return { kind, status, ms: performance.now() - sentAt, isWhole: hasMark && !hasErrors, retryAfterSeconds }
}

/** Writes one request after another: of each customer in turn, or each from an address of its own. */
function createWriter(port: number, { query, variables, isSignedIn }: Kind, tokens: readonly string[]): () => Buffer {
  const template = JSON.stringify({ query, variables })
  let count = 0
  return () => {
    const number = count++
    const body = template.replaceAll('{n}', String(number % 10_000_000).padStart(7, '0'))
    const header = [
      'POST /graphql HTTP/1.1',
      `host: 127.0.0.1:${port}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(body)}`,
      isSignedIn ? `authorization: Bearer ${tokens[number % tokens.length]}` : `x-forwarded-for: ${addressOf(number)}`,
    ]
    return Buffer.from(`${header.join('\r\n')}\r\n\r\n${body}`)
  }
}

function addressOf(number: number): string {
  return `10.${(number >> 16) & 255}.${(number >> 8) & 255}.${number & 255}`
}
