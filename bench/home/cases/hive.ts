import type { BenchCase } from './case.ts'
import { startGatewayServer } from './gateway-server.ts'

export const hiveCase: BenchCase = {
  name: 'hive',
  title: 'Hive Gateway with its Rust planner, the same subgraph processes',
  start: (world, options) => startGatewayServer('bench/peers/hive.ts', world, options),
}
