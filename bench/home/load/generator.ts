import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type Connection, openConnection } from './connection.ts'
import type { LoadFigures, LoadOrder, LoadReport, LoadViewer } from './messages.ts'
import { createRandom } from './random.ts'

/** What was counted since counting began. */
interface Count {
  bytes: number
  readonly latenciesMs: number[]
}

// The load process: one order after another, each over connections of its own, until the bench goes away.
process.on('message', (order: LoadOrder) => {
  generate(order).then(
    (figures) => report({ kind: 'counted', ...figures }),
    (error: unknown) => report({ kind: 'failed', message: String(error) }),
  )
})
process.on('disconnect', () => process.exit())

function report(message: LoadReport): void {
  process.send?.(message)
}

async function generate(order: LoadOrder): Promise<LoadFigures> {
  const connections = await Promise.all(Array.from({ length: order.connections }, () => openConnection(order.port)))
  try {
    return await run(connections, order)
  } finally {
    for (const connection of connections) connection.close()
  }
}

async function run(connections: readonly Connection[], order: LoadOrder): Promise<LoadFigures> {
  let count: Count = { bytes: 0, latenciesMs: [] }
  let isOver = false
  const requests = order.viewers.map((viewer) => writeRequest(order, viewer))
  const loops = connections.map(async (connection, place) => {
    const own = requests.filter((_, index) => index % connections.length === place)
    const random = createRandom(order.seed + place)
    while (!isOver) {
      const { bytes, mark } = own[Math.floor(random() * own.length)] as Request
      const sentAt = performance.now()
      const answer = await connection.ask(bytes, mark)
      refuseWrong(answer, mark)
      count.latenciesMs.push(performance.now() - sentAt)
      count.bytes += answer.bytes
      if (order.pauseMs > 0) await sleep(order.pauseMs)
    }
  })
  const measured = measure()
  // Awaited to the end, so that no answer is hung up on; a loop that fails ends it all at once.
  await Promise.all([measured, ...loops])
  return measured

  async function measure(): Promise<LoadFigures> {
    await sleep(order.warmUpSeconds * 1000)
    count = { bytes: 0, latenciesMs: [] }
    const startedAt = performance.now()
    const cpu = process.cpuUsage()
    report({ kind: 'counting' })
    await sleep(order.seconds * 1000)
    isOver = true
    return toFigures(count, performance.now() - startedAt, process.cpuUsage(cpu))
  }
}

/** A server that answers fast and wrong must not look good. */
function refuseWrong({ status, hasErrors, hasMark }: Answer, mark: Buffer): void {
  if (status !== 200) throw new Error(`an answer had status ${status}`)
  if (hasErrors) throw new Error('an answer had errors')
  if (!hasMark) throw new Error(`the answer to ${mark.toString()} was another viewer's or nobody's`)
}

/** A request ready to be sent, and what its answer has to name. */
interface Request {
  readonly bytes: Buffer
  readonly mark: Buffer
}

function writeRequest({ port, body }: LoadOrder, { token, accountId }: LoadViewer): Request {
  const header = [
    'POST /graphql HTTP/1.1',
    `host: 127.0.0.1:${port}`,
    'content-type: application/json',
    'accept: application/json',
    `authorization: Bearer ${token}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return { bytes: Buffer.from(`${header.join('\r\n')}\r\n\r\n${body}`), mark: Buffer.from(accountId) }
}

function toFigures({ bytes, latenciesMs }: Count, elapsedMs: number, cpu: NodeJS.CpuUsage): LoadFigures {
  const sorted = Float64Array.from(latenciesMs).sort()
  const quantile = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return {
    requests: sorted.length,
    seconds: elapsedMs / 1000,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    bytesPerAnswer: Math.round(bytes / sorted.length),
    generatorLoad: (cpu.user + cpu.system) / 1000 / elapsedMs,
  }
}
