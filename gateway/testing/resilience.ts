import { silentLogger } from '../../platform/logger.ts'
import { systemRandomness } from '../../platform/random.ts'
import type { SubgraphLink } from '../prepare-fetch.ts'
import { createGuard } from '../resilience/guard.ts'
import { RESILIENCE, type ResilienceOptions } from '../resilience/options.ts'
import type { Transport } from '../transport/transport.ts'

/** For tests that make one subgraph fail again and again and want each failure to be met anew. */
export const NEVER_BREAKS: Partial<ResilienceOptions> = {
  failuresInRow: Number.POSITIVE_INFINITY,
  failureShare: 1,
  retryShare: 0,
  retriesKeptMax: 0,
}

/** A way to a subgraph whose every failure is met anew. */
export function createTestLink(subgraph: string, transport: Transport, timeoutMs: number): SubgraphLink {
  const options = { ...RESILIENCE, ...NEVER_BREAKS }
  const dependencies = { subgraph, timeoutMs, options, random: systemRandomness, logger: silentLogger, observer: {} }
  return { transport, guard: createGuard(dependencies) }
}
