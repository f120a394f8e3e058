import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { LATENCY_BUCKETS } from '../../platform/sight/buckets.ts'
import { countOperationCache } from '../../platform/sight/cache-counts.ts'
import type { BreakerState, GatewayObserver } from '../observer.ts'
import { createBoundedLabel } from './bounded-label.ts'

/** Manifests are added while a process runs: several times what ours hold, and no more series than Prometheus likes. */
const OPERATIONS_MAX = 500
/** As many as there are codes, and room for more. */
const CODES_MAX = 100

const BREAKER_LEVELS: Readonly<Record<BreakerState, number>> = { closed: 0, 'half-open': 1, open: 2 }

/** Counts what the gateway tells. */
export function createGatewayMetrics(registry: Registry): GatewayObserver {
  return {
    ...countOperations(registry),
    ...countFetches(registry),
    ...countAdmission(registry),
    watchOperationCache: (read) => countOperationCache(registry, read),
  }
}

function countOperations(registry: Registry): GatewayObserver {
  const registers = [registry]
  const duration = new Histogram({
    name: 'cabinet_operation_duration_seconds',
    help: 'How long operations took, by the name of those that are registered.',
    labelNames: ['operation'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const errors = new Counter({
    name: 'cabinet_operation_errors_total',
    help: 'Errors in answers, by operation and code.',
    labelNames: ['operation', 'code'],
    registers,
  })
  const shared = new Counter({
    name: 'cabinet_answers_shared_total',
    help: 'Queries that got the answer of an equal one.',
    registers,
  })
  const boundedName = createBoundedLabel(OPERATIONS_MAX)
  const boundedCode = createBoundedLabel(CODES_MAX)
  return {
    operationAnswered({ name, durationMs, codes }) {
      const operation = boundedName(name)
      duration.observe({ operation }, durationMs / 1_000)
      for (const code of codes) errors.inc({ operation, code: boundedCode(code) })
    },
    answerShared: () => shared.inc(),
  }
}

function countFetches(registry: Registry): GatewayObserver {
  const registers = [registry]
  const duration = new Histogram({
    name: 'cabinet_fetch_duration_seconds',
    help: 'How long fetches took that a subgraph answered.',
    labelNames: ['subgraph'],
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const failures = new Counter({
    name: 'cabinet_fetch_errors_total',
    help: 'Fetches that were sent and came to no answer.',
    labelNames: ['subgraph'],
    registers,
  })
  const refused = new Counter({
    name: 'cabinet_fetches_refused_total',
    help: 'Fetches that were not sent: the breaker was open, or too many were on their way.',
    labelNames: ['subgraph', 'reason'],
    registers,
  })
  const retries = new Counter({
    name: 'cabinet_fetch_retries_total',
    help: 'Fetches that were sent again.',
    labelNames: ['subgraph'],
    registers,
  })
  const breaker = new Gauge({
    name: 'cabinet_breaker_state',
    help: '0 closed, 1 trying, 2 open.',
    labelNames: ['subgraph'],
    registers,
  })
  return {
    fetchAnswered: (subgraph, durationMs) => duration.observe({ subgraph }, durationMs / 1_000),
    fetchFailed: (subgraph) => failures.inc({ subgraph }),
    fetchRefused: (subgraph, reason) => refused.inc({ subgraph, reason }),
    fetchRetried: (subgraph) => retries.inc({ subgraph }),
    breakerChanged: (subgraph, state) => breaker.set({ subgraph }, BREAKER_LEVELS[state]),
  }
}

function countAdmission(registry: Registry): GatewayObserver {
  const registers = [registry]
  const shed = new Counter({
    name: 'cabinet_requests_shed_total',
    help: 'Requests sent away because there were too many.',
    labelNames: ['priority'],
    registers,
  })
  const limited = new Counter({
    name: 'cabinet_requests_limited_total',
    help: 'Requests sent away because their sender had too many.',
    labelNames: ['limit'],
    registers,
  })
  const concurrency = new Gauge({
    name: 'cabinet_concurrency_limit',
    help: 'How many requests may be worked on at once.',
    registers,
  })
  return {
    requestShed: (priority) => shed.inc({ priority }),
    requestLimited: (limit) => limited.inc({ limit }),
    concurrencyLimitChanged: (limit) => concurrency.set(limit),
  }
}
