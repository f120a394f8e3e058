import { Gauge, type Registry } from 'prom-client'

/** What a pool of connections tells of itself. */
export interface PoolCounts {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
}

/** Shows the pools of a process, however many: together. */
export function countPools(registry: Registry, pools: readonly PoolCounts[]): void {
  const registers = [registry]
  const sum = (count: (pool: PoolCounts) => number): number => pools.reduce((total, pool) => total + count(pool), 0)
  new Gauge({
    name: 'cabinet_pool_connections_in_use',
    help: 'Database connections that transactions hold.',
    registers,
    collect() {
      this.set(sum(({ totalCount, idleCount }) => totalCount - idleCount))
    },
  })
  new Gauge({
    name: 'cabinet_pool_connections',
    help: 'Database connections that are open.',
    registers,
    collect() {
      this.set(sum(({ totalCount }) => totalCount))
    },
  })
  new Gauge({
    name: 'cabinet_pool_waiting',
    help: 'Transactions that wait for a database connection.',
    registers,
    collect() {
      this.set(sum(({ waitingCount }) => waitingCount))
    },
  })
}
