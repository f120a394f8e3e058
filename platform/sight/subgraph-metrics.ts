import { Counter, Histogram, type Registry } from 'prom-client'
import type { Subgraph } from '../subgraph/subgraph.ts'
import { LATENCY_BUCKETS } from './buckets.ts'
import { countOperationCache } from './cache-counts.ts'

/** The same subgraph, whose operations are counted and timed. */
export function countSubgraph<Counted extends Subgraph>(registry: Registry, subgraph: Counted): Counted {
  const registers = [registry]
  const duration = new Histogram({
    name: 'cabinet_subgraph_duration_seconds',
    help: 'How long operations of the gateway and of other subgraphs took.',
    buckets: LATENCY_BUCKETS,
    registers,
  })
  const errors = new Counter({
    name: 'cabinet_subgraph_errors_total',
    help: 'Operations with an error in the answer, or with no answer.',
    registers,
  })
  countOperationCache(registry, subgraph.operationCounts)
  return {
    ...subgraph,
    async execute(request, viewer) {
      const end = duration.startTimer()
      let isWell = false
      try {
        const result = await subgraph.execute(request, viewer)
        isWell = result.errors === undefined
        return result
      } finally {
        if (!isWell) errors.inc()
        end()
      }
    },
  }
}
