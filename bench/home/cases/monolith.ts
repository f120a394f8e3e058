import type { BenchCase } from './case.ts'
import { startSingleServer } from './single-server.ts'

export const monolithCase: BenchCase = {
  name: 'monolith',
  title: 'One Apollo Server, no federation',
  start: (world, options) => startSingleServer('monolith', 'bench/home/servers/monolith/server.ts', world, options),
}
