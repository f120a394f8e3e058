import { Counter, Gauge, type Registry } from 'prom-client'

/** How a cache does: plain numbers that whoever looks reads, so that nobody pays for them who does not look. */
export interface CacheCounts {
  readonly hits: number
  readonly misses: number
  readonly size: number
}

/** Shows the compiled operations that a process keeps. */
export function countOperationCache(registry: Registry, read: () => CacheCounts): void {
  const registers = [registry]
  new Counter({
    name: 'cabinet_operation_cache_hits_total',
    help: 'Operations that were found compiled.',
    registers,
    collect() {
      this.reset()
      this.inc(read().hits)
    },
  })
  new Counter({
    name: 'cabinet_operation_cache_misses_total',
    help: 'Operations that had to be compiled.',
    registers,
    collect() {
      this.reset()
      this.inc(read().misses)
    },
  })
  new Gauge({
    name: 'cabinet_operation_cache_size',
    help: 'Compiled operations that are kept.',
    registers,
    collect() {
      this.set(read().size)
    },
  })
}
