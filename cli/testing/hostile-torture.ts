import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type HostileRequest, hostileRequest } from '../../gateway/testing/hostile/requests.ts'
import type { OneProcess } from '../one-process.ts'

export interface HostileTorture {
  readonly cabinet: Pick<OneProcess, 'gateway'>
  readonly token: string
  readonly seed: string
  readonly count: number
}

/** Dearer ones are looked at again. */
const CPU_MS_LOOKED_AT = 25
/** By then all caches are full: an eighth of the requests is answered, and what was answered is remembered longest. */
const EARLY_SHARE = 0.5

/** What came of it. */
export interface HostileReport {
  readonly requests: number
  /** How many were answered with each status. */
  readonly statuses: Readonly<Record<number, number>>
  /** Answers that say that something of ours broke, with what was sent. */
  readonly broken: readonly string[]
  /** CPU of this thread: for the dearest of each kind of request. */
  readonly dearest: readonly { readonly kind: string; readonly cpuMs: number; readonly number: number }[]
  readonly cpuMsMean: number
  /** Of the heap, after a garbage collection, when half was done and at the end. */
  readonly heapMegabytes: { readonly early: number; readonly late: number }
}

/** Sends hostile requests one after another, and looks at each answer and at what it cost. */
export async function tortureHostile({ cabinet, token, seed, count }: HostileTorture): Promise<HostileReport> {
  const statuses: Record<number, number> = {}
  const broken: string[] = []
  const dearest = new Map<string, { kind: string; cpuMs: number; number: number }>()
  const collectGarbage = garbageCollector()
  let early = 0
  let cpuMsSum = 0
  for (let number = 0; number < count; number++) {
    const request = hostileRequest(seed, number)
    const { status, body, cpuMs: firstMs } = await send(cabinet, request, token)
    cpuMsSum += firstMs
    const cpuMs = firstMs <= CPU_MS_LOOKED_AT ? firstMs : await leastOf(firstMs, { cabinet, request, token })
    statuses[status] = (statuses[status] ?? 0) + 1
    if (cpuMs > (dearest.get(request.kind)?.cpuMs ?? 0))
      dearest.set(request.kind, { kind: request.kind, cpuMs, number })
    if (status >= 500 || body.includes('INTERNAL_SERVER_ERROR')) {
      broken.push(`${number} ${request.kind}: ${status} ${body.slice(0, 300)}`)
    }
    if (number === Math.floor(count * EARLY_SHARE)) early = heapMegabytes(collectGarbage)
  }
  return {
    requests: count,
    statuses,
    broken,
    dearest: [...dearest.values()].sort((one, other) => other.cpuMs - one.cpuMs),
    cpuMsMean: cpuMsSum / count,
    heapMegabytes: { early, late: heapMegabytes(collectGarbage) },
  }
}

/**
 * What a request takes by itself: a collection of garbage or a compilation that it met with does not come again. Its
 * text gets a space more each time, so that nothing is remembered of it.
 */
async function leastOf(
  firstMs: number,
  { cabinet, request, token }: Pick<HostileTorture, 'cabinet' | 'token'> & { readonly request: HostileRequest },
): Promise<number> {
  let least = firstMs
  for (const space of [' ', '  ']) {
    const payload = request.payload?.replace('"query":"', `"query":"${space}`)
    const { cpuMs } = await send(cabinet, { ...request, ...(payload !== undefined && { payload }) }, token)
    least = Math.min(least, cpuMs)
  }
  return least
}

async function send(cabinet: Pick<OneProcess, 'gateway'>, request: HostileRequest, token: string) {
  const { method, url, headers, payload } = request
  const before = process.threadCpuUsage()
  const response = await cabinet.gateway.http.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}`, ...headers },
    ...(payload !== undefined && { payload }),
  })
  const { user, system } = process.threadCpuUsage(before)
  return { status: response.statusCode, body: response.body, cpuMs: (user + system) / 1_000 }
}

/** The engine's own, which has no name outside until it is asked for. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

function heapMegabytes(collectGarbage: () => void): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 1024 / 1024
}
